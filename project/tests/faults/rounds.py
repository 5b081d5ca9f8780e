"""A round of checks with a fault in the middle, and what it left behind."""

from datetime import timedelta

from certs.models import Certificate, Endpoint, Observation
from certs.services import watch
from certs.tests.factories import NOW, make_chain, make_endpoint, seen
from project.tests.transport.places import make_tables

ENDPOINTS = 30
BATCH = 5
LATER = NOW + timedelta(hours=1)


class Fleet:
    """Answers that are the same each time; `new` is what a third serve later."""

    def __init__(self):
        self.old, self.new = make_chain("*.example.org"), make_chain("*.example.org")

    def answer(self, target, *, later):
        number = int(target.host[1:3])
        if number % 3 == 0:
            return seen(target, (), error_code="refused", error_text="Refused.")
        renewed = later and number % 3 == 1
        return seen(target, self.new if renewed else self.old)


def round_of(fleet, monkeypatch, *, fault=lambda: None, **options):
    """Migrate, check all twice, the second time with `fault` in the middle.

    Returns everything that was written, but for the keys.
    """
    monkeypatch.setattr(watch, "BATCH", BATCH)
    make_tables()
    for number in range(ENDPOINTS):
        make_endpoint(f"h{number:02}.example.org")
    probed = []

    def probe(targets, *, later):
        for target in targets:
            yield fleet.answer(target, later=later)

    def disturbed(targets):
        for target in targets:
            probed.append(target)
            if len(probed) == ENDPOINTS // 2:
                fault()
            yield fleet.answer(target, later=True)

    rows = Endpoint.objects.order_by("host")
    first = watch.observe(rows, now=NOW, probe=lambda t: probe(t, later=False))
    assert len(list(first)) == ENDPOINTS
    second = watch.observe(list(rows), now=LATER, probe=disturbed, **options)
    assert len(list(second)) == ENDPOINTS
    assert len(probed) == ENDPOINTS  # nobody was asked twice
    return left_behind()


def left_behind():
    runs = Observation.objects.values_list(
        "endpoint__host",
        "address",
        "first_seen_at",
        "last_seen_at",
        "count",
        "is_latest",
        "error_code",
        "certificate__fingerprint_sha256",
    )
    states = Endpoint.objects.values_list(
        "host",
        "status",
        "certificate__fingerprint_sha256",
        "not_after",
        "observed_at",
        "changed_at",
    )
    certificates = Certificate.objects.values_list("fingerprint_sha256", "created_at")
    return [sorted(map(repr, rows)) for rows in (runs, states, certificates)]
