"""The words of a warning, as a policy has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError

from certs.models import Policy

VARIABLES: Mapping[str, str] = {"count": "How many warnings there are"}
SAMPLE = "www.example.org:443 ends in 7 days, as of {:%Y-%m-%d}."


class WordingError(Exception):
    """The words of a policy cannot be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Subject and text of a message."""

    subject: str
    text: str


def check(subject: str, body: str) -> None:
    """Raise ValidationError, by field, for a tag that nobody may use."""
    problems = {
        name: f"Line {number}: this tag is not known."
        for name, source in (("subject", subject), ("body", body))
        for number, line in enumerate(source.splitlines(), 1)
        if "{%" in line
    }
    if problems:
        raise ValidationError(problems)


def preview(policy: Policy, *, now: datetime) -> Words:
    """Return what a sample warning would say. Raises WordingError."""
    if "{%" in policy.body:
        raise WordingError("This tag is not known.")
    subject = policy.subject or "A certificate ends soon"
    return Words(subject=subject, text=policy.body or SAMPLE.format(now))
