"""What people look after."""

from certs.models.certificate import Certificate
from certs.models.contact import Contact, Tag
from certs.models.endpoint import Endpoint
from certs.models.health import NEEDS_ATTENTION, Health, Reachability
from certs.models.observation import Observation

__all__ = [
    "NEEDS_ATTENTION",
    "Certificate",
    "Contact",
    "Endpoint",
    "Health",
    "Observation",
    "Reachability",
    "Tag",
]
