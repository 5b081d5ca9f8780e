"""Rows for tests of warnings: a certificate is a row here, whoever signed it."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count

from accounts.tests.factories import unnoticed
from certs.models import (
    Acknowledgement,
    Certificate,
    Endpoint,
    Letter,
    Notice,
    Observation,
    Policy,
    Reachability,
)
from certs.services.notices import ledger

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)  # a Saturday
_numbers = count(1)


def certificate_row(*, not_before, not_after, **fields):
    number = next(_numbers)
    return Certificate(
        **{
            "fingerprint_sha256": sha256(f"certificate {number}".encode()).hexdigest(),
            "der": b"",
            "subject": f"CN=host{number}.example.org",
            "common_name": f"host{number}.example.org",
            "issuer": "CN=Test Issuing CA",
            "issuer_name": "Test Issuing CA",
            "serial_number": f"{number:x}",
            "not_before": not_before,
            "not_after": not_after,
            "dns_names": (f"host{number}.example.org",),
            "key_algorithm": "ECDSA",
            "key_size": 256,
            "spki_sha256": sha256(f"key {number}".encode()).hexdigest(),
            "signature_algorithm": "ecdsa-with-SHA256",
            "is_ca": False,
            "created_at": not_before,
            **fields,
        }
    )


def make_row(*, days=90, lifetime=100, now=NOW, **fields):
    """A certificate that ends `days` from `now`."""
    end = now + timedelta(days=days)
    row = certificate_row(
        not_before=end - timedelta(days=lifetime), not_after=end, **fields
    )
    row.save()
    return row


def served(certificate, *, now=NOW):
    """The state of an endpoint where a check found `certificate`."""
    return {
        "status": Reachability.UP,
        "certificate": certificate,
        "not_before": certificate.not_before,
        "not_after": certificate.not_after,
        "issuer": certificate.issuer_name,
        "name_matches": True,
        "is_trusted": True,
        "observed_at": now,
        "changed_at": now,
        "error_code": "",
    }


def serve(endpoint, certificate, *, now=NOW):
    """What services.watch writes when a check finds another certificate."""
    Endpoint.objects.filter(pk=endpoint.pk).update(
        **served(certificate, now=now), next_notice_at=now
    )


@unnoticed
def make_warned(host=None, *, days=90, lifetime=100, now=NOW, contacts=(), **fields):
    """An endpoint that serves a certificate that ends `days` from `now`."""
    endpoint = Endpoint(
        host=host or f"host{next(_numbers)}.example.org",
        **served(make_row(days=days, lifetime=lifetime, now=now), now=now),
        next_notice_at=ledger.LONG_AGO,
        **fields,
    )
    endpoint.save()
    endpoint.contacts.set(contacts)
    return endpoint


@unnoticed
def make_policy(name=None, **fields):
    policy = Policy(name=name or f"Policy {next(_numbers)}", **fields)
    policy.full_clean()
    policy.save()
    return policy


def run(endpoint, certificate=None, *, first, last, count=1, **fields):
    """A run of the history."""
    return Observation.objects.create(
        endpoint=endpoint,
        certificate=certificate,
        chain=(certificate.fingerprint_sha256,) if certificate else (),
        first_seen_at=first,
        last_seen_at=last,
        count=count,
        **{
            "address": "192.0.2.1",
            "error_code": "" if certificate else "refused",
            **fields,
        },
    )


def acknowledge(endpoint, *, until, now=NOW, **fields):
    served = Certificate.objects.get(endpoints=endpoint)
    row = Acknowledgement.objects.create(
        endpoint=endpoint,
        fingerprint=served.fingerprint_sha256,
        reason="On it.",
        created_at=now,
        until=until,
        **fields,
    )
    ledger.touch([endpoint.pk], now=now)
    return row


def record(now):
    return sum(ledger.record(now=now))


def send(now):
    """Mark what is due as sent, as the letters do; returns what was."""
    due = Notice.objects.filter(state=Notice.State.WAITING, due_at__lte=now)
    rows = list(due.filter(letter=None).order_by("endpoint_id", "recipient"))
    sent = []
    for recipient in sorted({row.recipient for row in rows}):
        letter = Letter.objects.create(
            kind=Letter.Kind.DIGEST,
            address=recipient,
            created_at=now,
            due_at=now,
            sent_at=now,
            state=Letter.State.SENT,
        )
        keys = [row.pk for row in rows if row.recipient == recipient]
        mine = Notice.objects.filter(pk__in=keys, state=Notice.State.WAITING)
        mine.filter(letter=None).update(
            letter=letter, state=Notice.State.SENT, sent_at=now
        )
        sent += [row for row in rows if row.recipient == recipient]
    return sent


def states(endpoint):
    """The ledger of an endpoint: step → state, for its one recipient."""
    rows = Notice.objects.filter(endpoint=endpoint).values_list("step", "state")
    return dict(rows)


def told(moment):
    record(moment)
    return [row.step for row in send(moment)]
