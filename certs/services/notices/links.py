"""Links in mails: signed, for one purpose each, good for 30 days.

A link to acknowledge leads to a page behind the sign-in; nothing but that page is
opened by it. A link to unsubscribe is itself the right to do so (RFC 8058, 3.2: the
receiver of a mail sends one request, without cookies).
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from certs.models import Endpoint

LIFETIME = timedelta(days=30)
ACKNOWLEDGE = "certs.warnings.acknowledge"  # one purpose, one salt
UNSUBSCRIBE = "certs.warnings.unsubscribe"
LONGEST = 1000  # characters of a token; an address has up to 254


class InvalidLinkError(Exception):
    """The link is incomplete, changed, or was made for something else."""


class ExpiredLinkError(InvalidLinkError):
    """The link is older than 30 days."""


def acknowledge_url(endpoint: Endpoint, recipient_key: str) -> str:
    """Return where the recipient of a warning can acknowledge it, once signed in."""
    token = signing.dumps([str(endpoint.pk), recipient_key], salt=ACKNOWLEDGE)
    return _address("certs:warning-acknowledge-link", token)


def unsubscribe_url(recipient_key: str) -> str:
    """Return where a recipient ends what is sent, also by one click (RFC 8058)."""
    token = signing.dumps(recipient_key, salt=UNSUBSCRIBE)
    return _address("certs:warning-unsubscribe", token)


def read_acknowledge(token: str) -> UUID:
    """Return the key of the endpoint. Raises InvalidLinkError, ExpiredLinkError."""
    said = _read(token, ACKNOWLEDGE)
    return UUID(said[0])


def read_unsubscribe(token: str) -> str:
    """Return whose link it is. Raises InvalidLinkError or ExpiredLinkError."""
    return str(_read(token, UNSUBSCRIBE))


def _read(token: str, salt: str) -> Any:
    if len(token) > LONGEST:
        raise InvalidLinkError
    try:
        return signing.loads(token, salt=salt, max_age=LIFETIME)
    except signing.SignatureExpired as error:
        raise ExpiredLinkError from error
    except signing.BadSignature as error:
        raise InvalidLinkError from error


def _address(name: str, token: str) -> str:
    """Return it at the site's own address, whatever a request says."""
    return f"{settings.DEFAULT_HOST}{reverse(name, args=[token])}"
