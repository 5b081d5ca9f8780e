"""Dates as their reader writes them, on pages and in mails."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation

_language: ContextVar[str] = ContextVar("language", default="")


@contextmanager
def as_written_by(zone: str, language: str) -> Iterator[None]:
    """Show times in `zone` and dates as in `language`; where empty, as the site does.

    `zone` is a name of the IANA database, `language` one of settings.LANGUAGES.
    """
    token = _language.set(language)
    try:
        with timezone.override(ZoneInfo(zone or settings.DEFAULT_VIEWER_ZONE)):
            yield
    finally:
        _language.reset(token)


@contextmanager
def in_words() -> Iterator[None]:
    """Speak the language of the reader's dates; everything else stays English."""
    language = _language.get()
    if not language:
        yield
        return
    with translation.override(language):
        yield
