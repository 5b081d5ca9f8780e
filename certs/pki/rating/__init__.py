"""The grade of a server, by the SSL Server Rating Guide of SSL Labs (version 2009r)."""

from certs.pki.rating.grade import CertificateFacts, Grade, Reason
from certs.pki.rating.rate import Rating, from_handshake, rate

__all__ = ["CertificateFacts", "Grade", "Rating", "Reason", "from_handshake", "rate"]
