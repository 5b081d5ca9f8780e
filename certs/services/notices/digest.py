"""Letters as mail: text and HTML, in the reader's language of dates and time zone."""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from accounts.dates import as_written_by
from accounts.models import User
from certs.models import Letter, Policy
from certs.services.notices import items, links, wording
from certs.services.notices.items import Contents, Item, Urgency
from certs.services.notices.wording import Words

logger = logging.getLogger(__name__)

_PLACE = "\0list\0"  # of the list in the words; no text of people holds a NUL
_LOUD = {Urgency.ENDED, Urgency.SOON}


class NothingLeftError(Exception):
    """All that the letter was to tell is no longer true."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Warnings of the same urgency, as the HTML part shows them."""

    title: str
    items: Sequence[Item]
    is_loud: bool


def render(letter: Letter, *, now: datetime) -> EmailMultiAlternatives:
    """Return `letter` as mail. Raises NothingLeftError."""
    with _for_reader(letter) as reader:
        said, told = _say(letter, reader, now=now)
        unsubscribe = _unsubscribe(letter)
        frame = {
            "by": letter.made_by,
            "site": settings.DEFAULT_HOST,
            "unsubscribe": unsubscribe,
        }
        text = _with_list(said.text, told)
        text = render_to_string("email/letter.txt", {**frame, "text": text})
        html = _html(said, told, frame)
    message = EmailMultiAlternatives(
        said.subject,
        text.strip() + "\n",
        to=[letter.address],
        reply_to=_reply_to(letter),
        headers=_headers(letter, unsubscribe),
    )
    message.attach_alternative(html, "text/html")
    return message


def words(letter: Letter, *, now: datetime) -> Words:
    """Return what `letter` says, for a channel. Raises NothingLeftError."""
    with _for_reader(letter) as reader:
        said, told = _say(letter, reader, now=now)
        text = _with_list(said.text, told)
    return Words(subject=said.subject, text=text, facts=said.facts)


def preview(policy: Policy | None, *, now: datetime) -> str:
    """Return the HTML part of made-up warnings as `policy` words them."""
    made_up = wording.samples(now=now)
    told = Contents(items=made_up, count=len(made_up), policy=policy)
    values = wording.context(
        made_up, count=told.count, recipient=wording.READER, listed=_PLACE
    )
    frame = {"site": settings.DEFAULT_HOST, "unsubscribe": settings.DEFAULT_HOST}
    return _html(wording.render(policy, values), told, frame)


@contextmanager
def _for_reader(letter: Letter) -> Iterator[str]:
    """Write as who reads it is used to; return what to call them."""
    reader = (
        User.objects.filter(email=letter.address, is_active=True).first()
        if letter.address
        else None
    )
    zone = reader.time_zone if reader else ""
    language = reader.date_language if reader else ""
    with as_written_by(zone, language):
        yield items.printable(str(reader)) if reader else letter.address


def _say(letter: Letter, reader: str, *, now: datetime) -> tuple[Words, Contents]:
    """Return the words, with a mark where the list goes, and what is in the list."""
    if letter.kind != Letter.Kind.DIGEST:
        subject = items.printable(letter.subject, longest=wording.LONGEST_SUBJECT)
        nothing = Contents(items=[], count=0, policy=None)
        return Words(subject=subject, text=letter.body), nothing
    told = items.contents(letter, now=now)
    if not told.items:
        raise NothingLeftError
    values = wording.context(
        told.items, count=told.count, recipient=reader, listed=_PLACE
    )
    try:
        return wording.render(told.policy, values), told
    except wording.WordingError:
        logger.exception("The wording of policy %s is not used", told.policy)
        return wording.render(None, values), told


def _html(said: Words, told: Contents, frame: Mapping[str, Any]) -> str:
    before, place, after = said.text.partition(_PLACE)
    values = {
        **frame,
        "subject": said.subject,
        "before": _paragraphs(before),
        "groups": _groups(told) if place else [],
        "after": _paragraphs(after.replace(_PLACE, "")),
        "more": told.count - len(told.items),
    }
    return render_to_string("email/digest.html", values)


def _with_list(text: str, told: Contents) -> str:
    if _PLACE not in text:
        return text
    listed = wording.listing(told.items, count=told.count)
    return text.replace(_PLACE, listed, 1).replace(_PLACE, "")


def _groups(told: Contents) -> list[_Group]:
    return [
        _Group(title=title, items=list(found), is_loud=title in _LOUD)
        for title, found in groupby(told.items, key=attrgetter("urgency"))
    ]


def _paragraphs(text: str) -> list[SafeString]:
    """Return `text` as HTML: escaped, and only addresses of this site as links."""
    parts = re.split(r"\n\s*\n", text.strip())
    return [_paragraph(part) for part in parts if part.strip()]


def _paragraph(text: str) -> SafeString:
    def link(found: re.Match[str]) -> str:
        return f'<a class="link" href="{found[0]}">{found[0]}</a>'

    site = re.escape(str(escape(settings.DEFAULT_HOST)))
    # Nothing that ends an attribute is left after the text was escaped.
    linked = re.sub(rf"{site}/[\w/:.?=&;%#-]*", link, str(escape(text)))
    return mark_safe(linked.replace("\n", "<br>"))  # noqa: S308 - escaped above


def _unsubscribe(letter: Letter) -> str:
    is_digest = letter.kind == Letter.Kind.DIGEST
    return links.unsubscribe_url(letter.address) if is_digest else ""


def _reply_to(letter: Letter) -> list[str] | None:
    """Return who wrote it by hand: answers go to them."""
    is_by_hand = letter.kind == Letter.Kind.MANUAL
    return [letter.made_by.email] if is_by_hand and letter.made_by else None


def _headers(letter: Letter, unsubscribe: str) -> dict[str, str]:
    host = urlsplit(settings.DEFAULT_HOST).hostname or "localhost"
    place = f"[{host}]" if ":" in host else host  # RFC 5322, 3.6.4: a literal
    headers = {"Message-ID": f"<{letter.pk}@{place}>"}
    if letter.kind != Letter.Kind.MANUAL:
        headers["Auto-Submitted"] = "auto-generated"  # RFC 3834, 5
        headers["Precedence"] = "bulk"
    if unsubscribe:
        headers["List-Id"] = f"Certdesk warnings <warnings.{host}>"  # RFC 2919
        headers["List-Unsubscribe"] = f"<{unsubscribe}>"  # RFC 2369, 3.2
        if unsubscribe.startswith("https:"):  # RFC 8058, 3.1 asks for HTTPS
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
