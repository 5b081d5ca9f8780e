"""Asks servers of other protocols to begin TLS, in each one's own words."""

from certs.pki.starttls.ask import ask
from certs.pki.starttls.ports import StartTLS, guess

__all__ = ["StartTLS", "ask", "guess"]
