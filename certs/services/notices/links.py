"""Signed links in mails: what they lead to, they lead to for 30 days.

A link says who was written to and of what. It opens nothing by itself: to acknowledge,
one signs in; to unsubscribe asks for no more than having got the mail (RFC 8058).
"""

from datetime import timedelta

from django.conf import settings
from django.core import signing

from certs.models import Endpoint

LIFETIME = timedelta(days=30)
ACKNOWLEDGE = "certs.warnings.acknowledge"  # the salts: no link does for the other
UNSUBSCRIBE = "certs.warnings.unsubscribe"


def acknowledge_url(endpoint: Endpoint, recipient_key: str) -> str:
    """Return where `recipient_key` says that somebody is on it."""
    token = signing.dumps([str(endpoint.pk), recipient_key], salt=ACKNOWLEDGE)
    return f"{settings.DEFAULT_HOST}/warnings/acknowledge/{token}/"


def unsubscribe_url(recipient_key: str) -> str:
    """Return where `recipient_key` says that no more warnings are wanted."""
    token = signing.dumps(recipient_key, salt=UNSUBSCRIBE)
    return f"{settings.DEFAULT_HOST}/warnings/unsubscribe/{token}/"
