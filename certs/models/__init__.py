"""What people look after, and the work for it."""

from certs.models.certificate import Certificate
from certs.models.channel import Channel
from certs.models.contact import Contact, Tag
from certs.models.deep_check import DeepCheck
from certs.models.endpoint import Endpoint
from certs.models.figure import Figure
from certs.models.health import NEEDS_ATTENTION, Health, Reachability
from certs.models.notice import Acknowledgement, Letter, Notice, Undeliverable
from certs.models.observation import Observation
from certs.models.policy import Policy, TeamPolicy
from certs.models.revocation_list import RevocationList
from certs.models.search import CertificateText, EndpointText
from certs.models.trust_store import TrustRoot, TrustStore
from certs.models.work import Duty, Job, Worker

__all__ = [
    "NEEDS_ATTENTION",
    "Acknowledgement",
    "Certificate",
    "CertificateText",
    "Channel",
    "Contact",
    "DeepCheck",
    "Duty",
    "Endpoint",
    "EndpointText",
    "Figure",
    "Health",
    "Job",
    "Letter",
    "Notice",
    "Observation",
    "Policy",
    "Reachability",
    "RevocationList",
    "Tag",
    "TeamPolicy",
    "TrustRoot",
    "TrustStore",
    "Undeliverable",
    "Worker",
]
