"""People out of a CSV file: read, compared with who is there, and only then written.

Nothing in a file is believed: who uploads it may do no more by it than by hand, row by
row. It has no passwords; who is new asks for a link.
"""

import csv
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from io import StringIO

from django.core.exceptions import ValidationError

from accounts import permissions, spreadsheets
from accounts.models import Team, User
from accounts.roles import Role
from accounts.services import addresses, people
from accounts.services.roster import GIVEN

MOST_BYTES = 1024 * 1024
MOST_ROWS = 2000  # each is written by itself, in a request
MOST_CELL = 1000  # characters of a cell
NEEDED = ("username", "mail", "role")
YES = {"yes", "true", "1", "active"}
NO = {"no", "false", "0", "inactive"}


class UnreadableError(Exception):
    """The file is no table of people."""


class ChangedMeanwhileError(Exception):
    """What would be written is not what was shown."""

    def __init__(self) -> None:
        super().__init__("The accounts were changed meanwhile. Look at the rows again.")


class Fate(StrEnum):
    """What becomes of a row."""

    NEW = "New"
    CHANGED = "Changed"
    UNCHANGED = "Unchanged"
    ERROR = "Error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the file; of what it leaves out, None stays as it is."""

    line: int
    username: str
    mail: str
    role: Role | None
    name: str | None
    teams: tuple[str, ...] | None
    active: bool | None
    fate: Fate = Fate.ERROR
    reason: str = ""

    def refused(self, reason: str) -> "Row":
        """Return the row with the reason why it cannot be written."""
        return replace(self, fate=Fate.ERROR, reason=reason)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would do, row by row."""

    rows: tuple[Row, ...]

    def number(self, fate: Fate) -> int:
        """Tell how many rows meet this fate."""
        return sum(row.fate == fate for row in self.rows)

    @property
    def digest(self) -> str:
        """What tells this plan from another."""
        return hashlib.sha256(repr(self.rows).encode()).hexdigest()


def decode(data: bytes) -> str:
    """Return the text of a file. Raises UnreadableError unless it is UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError("The file is not UTF-8: save it as CSV UTF-8.") from error
    if "\0" in text:
        raise UnreadableError("The file is no text.")
    return text


def plan(text: str, *, by: User) -> Plan:
    """Say what the rows of `text` would do. Raises UnreadableError."""
    rows = list(_read(text.replace("\r\n", "\n")))  # as a browser sends it back
    known = _Known.of(rows)
    by = User.objects.prefetch_related("groups").get(pk=by.pk)  # as of now
    seen: set[str] = set()
    judged = []
    for row in rows:
        keys = {f"name {row.username}", f"mail {row.mail}"}
        if row.reason:
            judged.append(row)
        elif keys & seen:
            judged.append(row.refused("An earlier row has this user name or address."))
        else:
            judged.append(_judge(row, known, by=by))
        seen |= keys
    return Plan(tuple(judged))


def write(text: str, *, by: User, digest: str) -> Plan:
    """Write what can be written of `text`, all of it or nothing.

    Raises UnreadableError; ChangedMeanwhileError unless it is the plan with `digest`;
    and LastAdministratorError.
    """
    with people.alone():
        agreed = plan(text, by=by)
        if agreed.digest != digest:
            raise ChangedMeanwhileError
        due = [row for row in agreed.rows if row.fate in {Fate.NEW, Fate.CHANGED}]
        # Who becomes an administrator does so first: somebody has to be one.
        for row in sorted(due, key=lambda row: row.role != Role.ADMINISTRATOR):
            _write(row, by=by)
    return agreed


@dataclass(frozen=True, slots=True)
class _Known:
    """Who and what is there, asked for once for all rows."""

    users: dict[str, User]
    mails: dict[str, str]  # whose user name
    teams: set[str]

    @classmethod
    def of(cls, rows: list[Row]) -> "_Known":
        names = [row.username for row in rows]
        mails = [row.mail for row in rows]
        users = User.objects.filter(username__in=names).prefetch_related(
            "groups", "teams"
        )
        holders = dict(
            User.objects.filter(email__in=mails).values_list("email", "username")
        )
        confirmed = addresses.held(mails)
        by_key = dict(
            User.objects.filter(pk__in=set(confirmed.values())).values_list(
                "pk", "username"
            )
        )
        holders |= {mail: by_key[key] for mail, key in confirmed.items()}
        slugs = {slug for row in rows for slug in row.teams or ()}
        return cls(
            users={user.username: user for user in users},
            mails=holders,
            teams=set(
                Team.objects.filter(slug__in=slugs).values_list("slug", flat=True)
            ),
        )


def _read(text: str) -> Iterator[Row]:
    """Return the rows of the file, those that cannot be read with a reason."""
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        lines = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise UnreadableError("The file is no CSV.") from error
    header = [cell.strip().lower() for cell in lines[0]] if lines else []
    missing = [name for name in NEEDED if name not in header]
    if missing or len(set(header)) != len(header):
        raise UnreadableError(
            f"The first line has to name the columns, once each: {', '.join(GIVEN)}."
        )
    if len(lines) > MOST_ROWS + 1:
        raise UnreadableError(f"At most {MOST_ROWS} people fit into a file.")
    for number, cells in enumerate(lines[1:], start=2):
        if any(cell.strip() for cell in cells):
            given = dict(zip(header, map(spreadsheets.plain, cells), strict=False))
            yield _row(number, given, is_whole=len(cells) == len(header))


def _row(line: int, given: dict[str, str], *, is_whole: bool) -> Row:
    teams, active, name = given.get("teams"), given.get("active"), given.get("name")
    role = given.get("role", "").capitalize()
    row = Row(
        line=line,
        username=given.get("username", "")[:MOST_CELL],
        mail=given.get("mail", "").lower()[:MOST_CELL],
        name=None if name is None else name[:MOST_CELL],
        role=Role(role) if role in Role.values else None,
        teams=None if teams is None else tuple(sorted(set(teams.lower().split()))),
        active=active.lower() in YES if active else None,
    )
    if not is_whole:
        return row.refused("The row has not as many cells as the first line.")
    if row.role is None:
        return row.refused(f"The role has to be one of {', '.join(Role.values)}.")
    if active and active.lower() not in YES | NO:
        return row.refused("“active” has to be yes or no.")
    return row


def _judge(row: Row, known: _Known, *, by: User) -> Row:
    """Return the row with its fate."""
    user = known.users.get(row.username)
    changes = "" if user is None else ", ".join(_changes(row, user))
    if user is not None and not changes:
        return replace(row, fate=Fate.UNCHANGED)
    reason = _refusal(row, user, known, by=by) or _invalid(row, user)
    if reason:
        return row.refused(reason)
    return replace(row, fate=Fate.CHANGED if user else Fate.NEW, reason=changes)


def _refusal(row: Row, user: User | None, known: _Known, *, by: User) -> str:
    unknown = [slug for slug in row.teams or () if slug not in known.teams]
    if unknown:
        return f"There is no team “{unknown[0][:50]}”."
    if known.mails.get(row.mail, row.username) != row.username:
        return "Somebody else has this address."
    if user is not None and not permissions.may_change_account(by, user):
        return "Only who ranks as high may change this account."
    if row.role is not None and not permissions.may_give(by, row.role):
        return "You cannot give a role beyond your own."
    return ""


def _invalid(row: Row, user: User | None) -> str:
    """Return what is wrong with a cell, in the words of the form."""
    filled = _filled(row, _blank() if user is None else user)
    try:
        filled.clean_fields()
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _blank() -> User:
    """Return a new account, with a password that none fits."""
    user = User()
    user.set_unusable_password()
    return user


def _filled(row: Row, user: User) -> User:
    """Return a copy of `user` with the cells of the row in it."""
    filled = User.from_db(
        user._state.db,
        [field.attname for field in User._meta.concrete_fields],
        [getattr(user, field.attname) for field in User._meta.concrete_fields],
    )
    filled._state.adding = user._state.adding
    filled.username, filled.email = row.username, row.mail
    filled.display_name = user.display_name if row.name is None else row.name
    filled.is_active = user.is_active if row.active is None else row.active
    return filled


def _changes(row: Row, user: User) -> Iterable[str]:
    filled = _filled(row, user)
    if filled.display_name != user.display_name:
        yield "name"
    if filled.email != user.email:
        yield "mail"
    if row.role != user.role():
        yield f"role: {user.role() or 'none'} → {row.role}"
    if row.teams is not None and set(row.teams) != {t.slug for t in user.teams.all()}:
        yield "teams"
    if filled.is_active != user.is_active:
        yield "active" if filled.is_active else "deactivated"


def _write(row: Row, *, by: User) -> None:
    user = User.objects.filter(username=row.username).first() or _blank()
    assert row.role is not None  # noqa: S101 - or the row would be an error
    teams = None if row.teams is None else Team.objects.filter(slug__in=row.teams)
    people.save_user(_filled(row, user), role=row.role, teams=teams, by=by)
