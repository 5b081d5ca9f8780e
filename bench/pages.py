"""The pages that are measured, each with a question that people ask."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from certs.models import Certificate, Contact, Endpoint
from certs.pki.demo import words

OK, FOUND = 200, 302


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page that is got again and again."""

    name: str
    url: str
    status: int = OK


def pages() -> Iterator[Page]:
    """Yield every page; what they ask for is taken from the inventory."""
    yield Page(name="dashboard", url=reverse("certs:dashboard"))
    yield from _lists()
    yield from _searches()
    middle = Endpoint.objects.filter(paused=False).latest("id")
    yield Page(name="detail", url=middle.get_absolute_url())
    yield from _admin()


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
    yield _list("search, issuer", q="Nordbank Issuing")
    yield _list("search, serial number", q=certificate.serial_number)
    yield _list("search, fingerprint", q=certificate.fingerprint_sha256[:20])
    yield _list("search, contact", q=contact.email)
    yield _list("search, tag", q=words.TAGS[1])
    yield _list("search, note", q="data centre")


def _admin() -> Iterator[Page]:
    for model in ("endpoint", "certificate", "observation", "contact"):
        url = reverse(f"admin:certs_{model}_changelist")
        yield Page(name=f"admin, {model}s", url=url)
    endpoints = reverse("admin:certs_endpoint_changelist")
    yield Page(name="admin, endpoints, expired", url=f"{endpoints}?health=expired")
    yield Page(name="admin, endpoints, search", url=f"{endpoints}?q=payments")
    yield Page(name="admin, endpoints, page 3", url=f"{endpoints}?p=3")
    found = Certificate.objects.latest("id")
    certificates = reverse("admin:certs_certificate_changelist")
    yield Page(
        name="admin, certificates, search", url=f"{certificates}?q={found.common_name}"
    )
    record = reverse("admin:certs_certificate_change", args=[found.pk])
    yield Page(name="admin, one certificate", url=record)


def _list(name: str, **asked: str) -> Page:
    return Page(name=name, url=f"{reverse('certs:endpoints')}?{urlencode(asked)}")
