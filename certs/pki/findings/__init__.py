"""What is wrong, or worth knowing, about an endpoint, and how to mend it."""

from certs.pki.findings.catalogue import KINDS, Kind, Severity
from certs.pki.findings.certificate import (
    Facts,
    of_certificate,
    of_dates,
    of_name,
)
from certs.pki.findings.finding import Finding
from certs.pki.findings.protocol import of_deep, of_handshake

__all__ = [
    "KINDS",
    "Facts",
    "Finding",
    "Kind",
    "Severity",
    "of_certificate",
    "of_dates",
    "of_deep",
    "of_handshake",
    "of_name",
]
