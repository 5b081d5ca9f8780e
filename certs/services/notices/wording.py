"""The words of mails: a policy's own, in the language of the sandbox, or the site's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import timezone

from certs.models import Health, Notice, Policy
from certs.models.health import of_served
from certs.services.notices.items import Item, printable, urgency, when
from certs.services.notices.sandbox import FILTERS, TAGS, Wording, WordingError

__all__ = ["FILTERS", "TAGS", "VARIABLES", "WordingError", "Words"]

LONGEST_SUBJECT = 200  # characters
READER = "Ada Lovelace"  # of made-up warnings
OF_A_WARNING = {
    "endpoint": "Host and port",
    "host": "Host",
    "port": "Port",
    "what": "What there is to tell, such as “Ends in 7 days”",
    "urgency": "The group it is listed in",
    "state": "How the endpoint is doing",
    "owner": "The team that looks after it; empty without one",
    "environment": "Such as Production",
    "issuer": "Who issued the certificate",
    "ends": "When the certificate ends; {{ … |date:'j M Y, H:i' }}",
    "days_left": "Calendar days until then, negative after it; empty if not known",
    "reason": "Why the reader is told",
    "policy": "The policy that applies",
    "link": "The address of its page",
    "acknowledge": "The address where one says to be on it; empty if there is no need",
}
# What there is, and what it means. `first` is the most urgent warning.
VARIABLES: Mapping[str, str] = {
    "count": "How many warnings there are",
    "list": "All warnings, grouped by urgency; goes below the text if it is nowhere",
    "recipient": "The reader's name, or address",
    "site": "The address of the site",
    **{f"first.{name}": text for name, text in OF_A_WARNING.items()},
    **{f"warning.{name}": text for name, text in OF_A_WARNING.items()},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a letter says, as text; `facts` is the same for programs."""

    subject: str
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def check(subject: str, body: str) -> None:
    """Raise ValidationError, by field, unless both can be worded, whatever comes."""
    problems = {}
    for name, source in (("subject", subject), ("body", body)):
        try:
            wording = Wording(source, variables=VARIABLES)
            for items in ([], [_BARE], [_SAMPLE], [_SAMPLE, _BARE] * 50):
                wording.render(context(items, count=len(items)))
        except WordingError as error:
            problems[name] = str(error)
    if problems:
        raise ValidationError(problems)


def context(
    items: Sequence[Item], *, count: int, recipient: str = "", listed: str = ""
) -> dict[str, Any]:
    """Return the values of VARIABLES for `items`, and nothing else."""
    plain = [item.plain() for item in items]
    return {
        "count": count,
        "list": listed,
        "recipient": recipient,
        "site": settings.DEFAULT_HOST,
        "first": plain[0] if plain else {},
        "warnings": plain,
    }


def render(policy: Policy | None, context: Mapping[str, Any]) -> Words:
    """Word a letter as `policy` does, else as the site. Raises WordingError.

    Whatever a policy says, the warnings are in it: by a loop, or by the list.
    """
    subject = policy.subject.strip() if policy else ""
    body = policy.body.strip() if policy else ""
    return Words(
        subject=_line(
            Wording(subject, variables=VARIABLES).render(context)
            if subject
            else render_to_string("email/digest.subject.txt", dict(context))
        ),
        text=_body(body, context)
        if body
        else render_to_string("email/digest.txt", dict(context)).strip(),
        facts=facts(context),
    )


def facts(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a letter tells, for programs."""
    told = [
        {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in item.items()
        }
        for item in context["warnings"]
    ]
    return {"count": context["count"], "site": context["site"], "warnings": told}


def listing(items: Sequence[Item], *, count: int) -> str:
    """Return the list of warnings as text, grouped by urgency."""
    values = {"items": items, "more": count - len(items), "site": settings.DEFAULT_HOST}
    return render_to_string("email/digest.list.txt", values).strip()


def preview(policy: Policy, *, now: datetime) -> Words:
    """Word a letter of made-up warnings as `policy` does. Raises WordingError."""
    items = samples(now=now)
    listed = listing(items, count=len(items))
    values = context(items, count=len(items), recipient=READER, listed=listed)
    return render(policy, values)


def samples(*, now: datetime) -> list[Item]:
    """Return made-up warnings around `now`, the most urgent first."""
    local = timezone.localtime(now)
    return [
        _sample("shop.example.org", -1, Notice.Kind.ENDED, local),
        _sample("www.example.org", 3, Notice.Kind.STEP, local),
        _sample("ldap.example.org", 60, Notice.Kind.UNREACHABLE, local),
        _sample("mail.example.org", 30, Notice.Kind.STEP, local),
    ]


def _sample(host: str, days: int, kind: Notice.Kind, now: datetime) -> Item:
    ends = now + timedelta(days=days)
    what = when(ends, now=now)
    begun = ends - timedelta(days=90)
    state = of_served(begun, ends, name_matches=True, is_trusted=True, now=now)
    if kind == Notice.Kind.UNREACHABLE:
        what, state = "Cannot be reached: Connection refused", Health.UNREACHABLE
    site = settings.DEFAULT_HOST
    return replace(
        _SAMPLE,
        endpoint=f"{host}:443",
        host=host,
        ends=ends,
        days_left=days,
        what=what,
        urgency=str(urgency(kind, ends, now=now)),
        state=str(state.label),
        link=f"{site}/endpoints/",
        acknowledge=f"{site}/endpoints/",
    )


def _body(source: str, context: Mapping[str, Any]) -> str:
    wording = Wording(source, variables=VARIABLES)
    text = wording.render(context).strip()
    if wording.names & {"list", "warnings"}:
        return text
    return f"{text}\n\n{context['list']}".strip()


def _line(text: str) -> str:
    return printable(text, longest=LONGEST_SUBJECT)


_SAMPLE = Item(
    endpoint="www.example.org:443",
    host="www.example.org",
    port=443,
    what="Ends in 7 days",
    urgency="Ends today or within 7 days",
    state="Critical",
    owner="Web",
    environment="Production",
    issuer="Example Issuing CA 1",
    ends=datetime(2026, 1, 15, 9, tzinfo=UTC),
    days_left=7,
    reason="contact of this endpoint",
    policy="Default",
    link="https://certdesk.example.org/endpoints/1/",
    acknowledge="https://certdesk.example.org/warnings/acknowledge/1/",
)
_BARE = replace(_SAMPLE, owner="", issuer="", ends="", days_left="", acknowledge="")
