"""People as rows of CSV, without secrets."""

from collections.abc import Iterator
from datetime import datetime

from accounts import spreadsheets
from accounts.models import User
from accounts.models.people import UserQuerySet

# What an import reads, and then what it passes over.
GIVEN = ("username", "name", "mail", "role", "teams", "active")
COLUMNS = (*GIVEN, "last_sign_in", "second_factor")
CHUNK = 2000  # rows in memory at a time


def csv_lines(people: UserQuerySet[User]) -> Iterator[str]:
    """Return people as lines of CSV, header first; times in UTC, ISO 8601."""
    yield spreadsheets.line(COLUMNS)
    for user in people.described().iterator(chunk_size=CHUNK):
        yield spreadsheets.line(_cells(user))


def template() -> str:
    """Return a file to fill in: the header, and a person as an example."""
    example = ("ann", "Ann Example", "ann@example.org", "Editor", "web-team", "yes")
    return spreadsheets.line(GIVEN) + spreadsheets.line(example)


def _cells(user: User) -> tuple[str, ...]:
    role = user.role()
    return (
        user.username,
        user.display_name,
        user.email,
        role.value if role else "",
        " ".join(team.slug for team in user.teams.all()),
        _word(is_so=user.is_active),
        _instant(user.last_login),
        _word(is_so=user.has_second_factor()),
    )


def _word(*, is_so: bool) -> str:
    return "yes" if is_so else "no"


def _instant(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
