"""What people look after."""

from certs.models.certificate import Certificate
from certs.models.contact import Contact, Tag
from certs.models.deep_check import DeepCheck
from certs.models.endpoint import Endpoint
from certs.models.figure import Figure
from certs.models.health import NEEDS_ATTENTION, Health, Reachability
from certs.models.observation import Observation
from certs.models.search import CertificateText, EndpointText
from certs.models.trust_store import TrustRoot, TrustStore

__all__ = [
    "NEEDS_ATTENTION",
    "Certificate",
    "CertificateText",
    "Contact",
    "DeepCheck",
    "Endpoint",
    "EndpointText",
    "Figure",
    "Health",
    "Observation",
    "Reachability",
    "Tag",
    "TrustRoot",
    "TrustStore",
]
