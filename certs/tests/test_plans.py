"""What lists ask of the database is answered by an index, at 20,000 endpoints.

Each engine says in its own words how it would answer; `READS_ALL` reads them. What
reads all on purpose is not asked here: the counts of services.figures, which are no
page's.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.identifiers import uuid7
from accounts.models import Team
from certs.forms import GRADES
from certs.models import (
    NEEDS_ATTENTION,
    Certificate,
    CertificateText,
    Endpoint,
    EndpointText,
    Health,
    Notice,
    Observation,
)
from certs.models.counting import BOUND
from certs.models.health import conditions
from certs.models.search import MANY
from certs.pki import grading
from certs.pki.demo import words
from certs.services import seed
from certs.services.notices import ledger
from certs.services.questions import filtered
from certs.services.work import rounds
from certs.tests.factories import NOW
from certs.views import paging, selection

ENDPOINTS = 20_000
PAGE = 26
LARGE = (
    "certs_endpoint",
    "certs_certificate",
    "certs_observation",
    "certs_endpointtext",
    "certs_certificatetext",
)


def sqlite_reads_all(plan):
    """A SCAN, unless it walks an index in the order asked for and stops at a limit."""
    for table in re.findall(r"SCAN (\w+)\b(?! USING)", plan):
        if table in LARGE:
            return True
    if re.search(r"VIRTUAL TABLE INDEX 0:(\n|$)", plan):
        return True  # no trigram was looked up
    walks = re.search(rf"SCAN ({'|'.join(LARGE)}) USING", plan)
    return bool(walks and "USE TEMP B-TREE FOR ORDER BY" in plan)


def postgresql_reads_all(plan):
    return any(f"Seq Scan on {table}" in plan for table in LARGE)


def mongodb_reads_all(plan):
    return "COLLSCAN" in plan


READS_ALL = {
    "sqlite": sqlite_reads_all,
    "postgresql": postgresql_reads_all,
    "mongodb": mongodb_reads_all,
}


# How a plan says that rows are gathered and sorted.
SORTS = {
    "sqlite": "USE TEMP B-TREE FOR ORDER BY",
    "postgresql": "Sort Key",
    "mongodb": "'SORT'",
}


@pytest.mark.parametrize(
    ("plan", "reads_all"),
    [
        ("2 0 0 SCAN certs_endpoint", True),
        ("2 0 0 SCAN certs_tag", False),
        ("2 0 0 SCAN certs_endpoint USING INDEX endpoint_by_host", False),
        ("SCAN certs_endpoint USING INDEX x\nUSE TEMP B-TREE FOR ORDER BY", True),
        ("SEARCH certs_endpoint USING INDEX x (host=?)", False),
        ("SCAN certs_endpointtext_parts VIRTUAL TABLE INDEX 0:G0", False),
        ("SCAN certs_endpointtext_parts VIRTUAL TABLE INDEX 0:", True),
    ],
)
def test_a_plan_of_sqlite_is_understood(plan, reads_all):
    assert sqlite_reads_all(plan) is reads_all


@pytest.mark.parametrize(
    "state", [Health.MISNAMED, Health.UNTRUSTED, Health.EXPIRING, Health.OK]
)
def test_a_verdict_is_counted_by_all_columns_of_its_index(state):
    """Behind one that is left out the date does not help: all that is up is read."""
    (index,) = (i for i in Endpoint._meta.indexes if i.name == "endpoint_by_verdict")
    columns = set(index.fields) - {"id"}

    assert columns <= conditions(NOW)[state].referenced_base_fields


def questions():
    """Name and queryset of everything that lists ask."""
    yield from states()
    yield from orders()
    yield from filters()
    yield from searches()
    yield from details()
    yield from screens()
    yield from duties()


def states():
    wanted = conditions(NOW)
    for state in Health:
        if state is not Health.OK:  # what the others leave: tally
            rows = Endpoint.objects.filter(wanted[state]).order_by()
            yield f"how many are {state}", rows[: BOUND + 1]
    attention = Endpoint.objects.in_health(*NEEDS_ATTENTION, now=NOW)
    seen = attention.filter(not_after__isnull=False)
    yield "attention", seen.order_by("not_after", "id")[:PAGE]
    never = attention.filter(not_after__isnull=True)
    yield "attention, never seen", never.order_by("host", "id")[:PAGE]
    yield "next to end", Endpoint.objects.ending_next(NOW)[:PAGE]
    yield "ending", Endpoint.objects.ending(NOW, within=timedelta(days=30))
    week = Endpoint.objects.filter(
        not_after__gte=NOW, not_after__lt=NOW + timedelta(days=7)
    )
    yield "a week of the chart", week.order_by().values_list("environment")


def orders():
    """Every order of the list, from the top and from the middle, both ways."""
    teams = list(Team.objects.all())
    for sort in ("host", "days", "issuer", "team", "checked"):
        for sign in ("", "-"):
            parts = selection._parts(Endpoint.objects.all(), sign + sort, teams=teams)
            row = parts[0].ordered(parts[0].rows, back=False)[100]
            cursor: Any = paging._cursor(
                str(paging._at(parts, (0, row), "after", 1)), parts
            )
            for back in (False, True):
                for part in (parts[0], parts[-1]):
                    name = f"list by {sign}{sort}, back {back}"
                    yield name, part.ordered(part.rows, back=back)[:PAGE]
                onward = parts[0].after(cursor, back=back)
                yield f"{name}, onward", parts[0].ordered(onward, back=back)[:PAGE]


def filters():
    asked: list[dict[str, Any]] = [
        {"environment": "staging"},
        {"issuer": words.ISSUERS[0][0].common_name},
        {"team": Team.objects.latest("pk").pk},
        {"tag": words.TAGS[0]},
        {"week": NOW.date()},
        *({"grade": grade} for grade, _ in GRADES),
        {"q": Endpoint.objects.latest("pk").host},
        {"q": Certificate.objects.latest("pk").fingerprint_sha256[:12]},
    ]
    for each in asked:
        rows = filtered(each, now=NOW)
        parts = selection._parts(rows, "days", teams=[])
        yield f"list of {each}", parts[0].ordered(parts[0].rows, back=False)[:PAGE]
    for state in Health:
        rows = Endpoint.objects.in_health(state, now=NOW)
        parts = selection._parts(rows, "days", teams=[])
        yield f"list of {state}", parts[0].ordered(parts[0].rows, back=False)[:PAGE]


def searches():
    for words_of in (EndpointText, CertificateText):
        for term in ("zzzqqq", "payments", Endpoint.objects.latest("pk").host):
            rows = words_of.objects.first_with(term)[: MANY + 1]
            yield f"{words_of.__name__} with {term}", rows


def details():
    endpoint = Endpoint.objects.latest("pk")
    runs = Observation.objects.filter(endpoint=endpoint)
    yield "history", runs.newest_first()[:PAGE]
    yield "since a day", runs.filter(last_seen_at__gte=grading.day_start(NOW, days=-30))
    yield (
        "latest runs",
        Observation.objects.filter(endpoint__in=[endpoint.pk], is_latest=True),
    )
    stored = Certificate.objects.filter(fingerprint_sha256__in=["00", "01"])
    yield "what is stored already", stored
    authorities = Certificate.objects.authorities().values_list("der", flat=True)
    yield "CAs of the inventory", authorities[:PAGE]
    yield "served by", Endpoint.objects.filter(certificate=endpoint.certificate_id)
    yield (
        "what was checked longest ago",
        Endpoint.objects.order_by("observed_at", "pk")[:PAGE],
    )


def screens():
    """The lists of the admin in their first order."""
    for model in (Endpoint, Certificate, Observation):
        yield f"admin, {model.__name__}", model.objects.all()[:PAGE]
    version = Observation.objects.filter(tls_version="TLSv1.2")
    yield "admin, runs by version", version[:PAGE]


def duties():
    """What workers look for each minute."""
    for kind in (rounds.CHECK, rounds.DEEP):
        due = rounds.due(now=NOW, kind=kind)
        yield kind.due, due.values_list("pk", flat=True)[: rounds.BATCH]
    yield "to be warned of", ledger.due(now=NOW).values_list("pk", flat=True)


def notices_of_few():
    """What workers ask of a ledger of any size about a few keys."""
    keys, waiting = [uuid7() for _ in range(200)], Notice.State.WAITING
    rows = Notice.objects.all()
    yield "the free ones", rows.filter(pk__in=keys).in_state(waiting).in_no_letter()
    yield "those of endpoints", rows.filter(endpoint__in=keys).in_state(waiting)
    yield "those of a letter", rows.filter(letter=keys[0]).in_state(waiting)
    yield (
        "those of a person",
        rows.filter(recipient="a@x", letter=None).in_state(waiting),
    )
    told = rows.filter(endpoint__in=keys).in_state(Notice.State.SENT)
    yield "warnings that were told", told.of_kind(Notice.Kind.STEP, Notice.Kind.OVERDUE)


# The other engines know how many rows have a state, and choose for themselves.
AMONG_ALL = {"sqlite": r"notice_(by_state|due|by_kind|by_time)"}


@pytest.mark.django_db
def test_a_few_notices_are_not_looked_for_among_all_of_their_state():
    among_all = AMONG_ALL.get(connection.vendor, "no such plan")

    plans = {name: rows.explain() for name, rows in notices_of_few()}

    assert len(plans) == 5
    assert not [name for name, plan in plans.items() if re.search(among_all, plan)]


def pages_of_many():
    """The first page of what many endpoints have, in the orders it is asked for."""
    issuer = Endpoint.objects.filter(issuer=words.ISSUERS[0][0].common_name)
    (ending, _) = selection._parts(issuer, "days", teams=[])
    yield "one issuer by days", ending.ordered(ending.rows, back=False)[:PAGE]
    for states in ((Health.OK,), NEEDS_ATTENTION):
        rows = Endpoint.objects.in_health(*states, now=NOW, are_many=True)
        for sort in ("host", "days", "-days", "issuer", "-checked"):
            (part, *_) = selection._parts(rows, sort, teams=[])
            name = f"{', '.join(states)} by {sort}"
            yield name, part.ordered(part.rows, back=False)[:PAGE]


@pytest.mark.slow
@pytest.mark.django_db
def test_no_list_reads_a_whole_table():
    for _ in seed.plant(ENDPOINTS, seed=1, now=NOW):
        pass
    Endpoint.objects.update(next_notice_at=NOW + timedelta(days=1))  # as most are
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    reads_all = READS_ALL[connection.vendor]

    plans = [(name, rows.explain()) for name, rows in questions()]

    guilty = {name: plan for name, plan in plans if reads_all(plan)}
    assert len(plans) > 90
    assert not guilty, "\n".join(f"{name}: {plan}" for name, plan in guilty.items())
    for name, rows in pages_of_many():
        assert SORTS[connection.vendor] not in (plan := rows.explain()), (name, plan)
