"""Rows of the ledger, with only what matters said."""

from itertools import count

from certs.models import Letter, Notice
from certs.tests.factories import NOW

_numbers = count(1)


def make_notice(endpoint, *, now=NOW, **fields):
    """A warning of the step of seven days, told, unless `fields` say otherwise."""
    certificate = endpoint.certificate
    return Notice.objects.create(
        **{
            "endpoint": endpoint,
            "certificate": certificate,
            "fingerprint": certificate.fingerprint_sha256 if certificate else "",
            "step": "7d",
            "recipient": f"person{next(_numbers)}@example.org",
            "kind": Notice.Kind.STEP,
            "reason": "contact of this endpoint",
            "crossed_at": now,
            "due_at": now,
            "created_at": now,
            "state": Notice.State.SENT,
            "sent_at": now,
            **fields,
        }
    )


def make_letter(address="ann@example.org", *, now=NOW, **fields):
    """A digest that waits, unless `fields` say otherwise."""
    return Letter.objects.create(
        **{
            "kind": Letter.Kind.DIGEST,
            "address": address,
            "created_at": now,
            "due_at": now,
            **fields,
        }
    )
