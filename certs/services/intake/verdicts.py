"""What is said of a row once it is judged."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from accounts.models import User
from certs.models import Endpoint

LONGEST = 300  # letters of a sentence


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    LEFT = "left"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """Whose rights count (None: who has the server), and what they chose.

    `team` is for new endpoints whose row names none; `update` is for those that are
    there already.
    """

    user: User | None
    team: UUID | None = None
    update: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A row, judged. `changes` are values by field; None leaves a list as it is."""

    line: int
    outcome: Outcome
    endpoint: Endpoint | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    contacts: list[str] | None = None
    tags: list[str] | None = None
    problem: str = ""


def told(line: int, said: str) -> str:
    """Return a sentence about a line, no longer than fits."""
    text = f"Line {line:,}: {said}"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
