"""The pages that are measured, each with a question that people ask."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bench.browser import get
from certs.models import Certificate, Contact, Endpoint, Notice, Observation
from certs.pki.demo import words
from certs.services import seed
from certs.services.work import rounds
from certs.views import paging


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Something that is asked again and again."""

    name: str
    ask: Callable[[Client], object]


def pages() -> Iterator[Page]:
    """Yield every page; what they ask for is taken from the inventory."""
    yield _page("dashboard", reverse("certs:dashboard"))
    yield from _lists()
    yield from _places()
    yield from _searches()
    yield from _records()
    yield from _admin()
    yield from _warnings()
    yield Page(name=f"due, the next {rounds.BATCH} to check", ask=lambda _: _due())


def _lists() -> Iterator[Page]:
    yield _list("list")
    for sort in ("host", "-host", "-days", "issuer", "team", "-team", "-checked"):
        yield _list(f"list by {sort}", sort=sort)
    for status in ("attention", "expired", "unreachable", "ok", "pending"):
        yield _list(f"list, {status}", status=status)
    yield _list("list, expired by host", status="expired", sort="host")
    yield _list("list, production", environment="production")
    yield _list("list, one issuer", issuer=words.ISSUERS[0][0].common_name)
    team = Endpoint.objects.exclude(team=None).latest("id").team_id
    yield _list("list, one team", team=str(team))
    yield _list("list, one tag", tag=words.TAGS[0])
    yield _list("list, one week", week=f"{timezone.localdate():%Y-%m-%d}")


def _places() -> Iterator[Page]:
    """Yield pages of the list that are far from its top."""
    ending = Endpoint.objects.filter(not_after__isnull=False)
    position = ending.count() // 2
    middle = ending.order_by("not_after", "pk")[position]
    assert middle.not_after is not None  # noqa: S101 - for mypy
    cursor = paging.Cursor(
        way=paging.AFTER,
        part=0,
        position=position,
        value=middle.not_after.isoformat(),
        key=middle.pk,
    )
    yield _list("list, from the middle", page=str(cursor))
    yield _list("list, the last page", page=paging.LAST)


def _searches() -> Iterator[Page]:
    row = (
        Endpoint.objects.filter(status="up").select_related("certificate").latest("id")
    )
    certificate = row.certificate
    assert certificate is not None  # noqa: S101 - what is up has one
    contact = Contact.objects.latest("id")
    yield _list("search, one host", q=row.host)
    yield _list("search, part of a host", q=row.host[1:-4])
    yield _list("search, a word many have", q="payments")
    yield _list("search, what all have", q="example")
    yield _list("search, two letters", q="pa")
    yield _list("search, nothing found", q="zzzqqq")
    yield _list("search, a word and a status", q="payments", status="expired")
    yield _list("search, name in a certificate", q=certificate.dns_names[0])
    yield _list("search, issuer", q="Nordbank Issuing")
    yield _list("search, serial number", q=certificate.serial_number)
    yield _list("search, fingerprint", q=certificate.fingerprint_sha256[:20])
    yield _list("search, contact", q=contact.email)
    yield _list("search, team", q="Logistics")
    yield _list("search, tag", q=words.TAGS[1])
    yield _list("search, note", q="data centre")


def _records() -> Iterator[Page]:
    """Yield the pages of one row."""
    endpoint = Endpoint.objects.filter(paused=False).latest("id")
    yield _page("detail", endpoint.get_absolute_url())
    yield _record("admin, one endpoint", endpoint)
    yield _record("admin, one certificate", Certificate.objects.latest("id"))
    yield _record("admin, one observation", Observation.objects.latest("id"))


def _admin() -> Iterator[Page]:
    today = timezone.make_aware(datetime.combine(timezone.localdate(), time()))
    day = timedelta(days=1)
    week = {"last_seen_at__gte": today - 7 * day, "last_seen_at__lt": today + day}
    name = Certificate.objects.latest("id").common_name
    for model in ("endpoint", "certificate", "observation", "contact"):
        yield _changelist(model)
    yield _changelist("endpoint", "expired", health="expired")
    yield _changelist("endpoint", "search", q="payments")
    yield _changelist("endpoint", "page 2", p=2)
    yield _changelist("endpoint", "by expiry", o=4)
    yield _changelist("certificate", "search", q=name)
    yield _changelist("certificate", "valid now", valid="now")
    yield _changelist("observation", "search", q="payments")
    yield _changelist("observation", "of seven days", **week)
    yield _changelist("observation", "failed", outcome="failed")
    yield _changelist("observation", "TLS version", tls_version="TLSv1.2")


def _warnings() -> Iterator[Page]:
    """Yield what people look at to see who is told of what."""
    recipient = Notice.objects.latest("id").recipient
    yield _page("warnings", reverse("certs:warnings"))
    for state in ("waiting", "superseded"):
        yield _page(f"warnings, {state}", reverse("certs:warnings"), {"state": state})
    yield _page("warnings, one person", reverse("certs:warnings"), {"q": recipient})
    yield _page("warnings, a host", reverse("certs:warnings"), {"q": "payments"})
    yield _page("what goes out next", reverse("certs:warnings-next"))
    yield _page("policies", reverse("certs:policies"))
    yield _page("jobs", reverse("certs:jobs"))
    yield _changelist("notice")
    yield _changelist("notice", "waiting", state="waiting")
    yield _changelist("notice", "search", q="payments")


def _due() -> list[Endpoint]:
    """Return what a worker would claim if all of the estate were due."""
    some_day = timezone.now() + 2 * seed.NEVER
    return list(rounds.due(now=some_day).places()[: rounds.BATCH])


def _list(name: str, **asked: str) -> Page:
    return _page(name, reverse("certs:endpoints"), asked)


def _changelist(model: str, what: str = "", **asked: object) -> Page:
    name = f"admin, {model}s, {what}" if what else f"admin, {model}s"
    return _page(name, reverse(f"admin:certs_{model}_changelist"), asked)


def _record(name: str, row: Model) -> Page:
    screen = f"admin:certs_{row._meta.model_name}_change"
    return _page(name, reverse(screen, args=[row.pk]))


def _page(
    name: str, path: str, asked: dict[str, object] | dict[str, str] | None = None
) -> Page:
    url = f"{path}?{urlencode(asked)}" if asked else path
    return Page(name=name, ask=lambda client: get(client, url))
