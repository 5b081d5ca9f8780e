"""What is to become of rows: who may put what where, and what is there already."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from accounts import permissions
from accounts.models import Team
from certs.models import Endpoint
from certs.services.intake import entries
from certs.services.intake.entries import Entry, Place
from certs.services.intake.rows import Row
from certs.services.intake.verdicts import Outcome, Verdict, Wishes, told


def judge(rows: Sequence[Row], wishes: Wishes) -> list[Verdict]:
    """Say what is to become of each row; nothing is written.

    The rows of a batch: what is asked of the database is the same for any number.
    """
    read: list[tuple[Row, Entry | str]] = [(row, _read(row)) for row in rows]
    found = [said for _, said in read if isinstance(said, Entry)]
    judge = _Judge(wishes, [entry.place for entry in found])
    return [
        _wrong(row, said) if isinstance(said, str) else judge.judge(row, said)
        for row, said in read
    ]


class _Judge:
    """Knows the teams, and which endpoints of a batch are there."""

    def __init__(self, wishes: Wishes, places: Iterable[Place]) -> None:
        self.wishes = wishes
        user = wishes.user
        self.everywhere = user is None or permissions.acts_for_every_team(user)
        self.teams = list(Team.objects.all())
        self.own = {team.pk for team in permissions.teams(user)} if user else set()
        self.there = _there(places, with_relations=wishes.update)
        self.changeable = self._changeable()

    def judge(self, row: Row, entry: Entry) -> Verdict:
        try:
            there = self.there.get(entry.place)
            return (
                self._new(row, entry) if there is None else self._old(row, entry, there)
            )
        except ValidationError as error:
            return _wrong(row, _sentence(error))

    def _new(self, row: Row, entry: Entry) -> Verdict:
        host, port, server_name, starttls = entry.place
        endpoint = Endpoint(
            host=host, port=port, server_name=server_name, starttls=starttls
        )
        endpoint.team = self._team(entry.team) if entry.team else self._usual_team()
        endpoint.notes = entry.notes
        endpoint.environment = entry.environment or endpoint.environment
        return Verdict(
            line=row.line,
            outcome=Outcome.NEW,
            endpoint=endpoint,
            contacts=entry.contacts,
            tags=entry.tags,
        )

    def _old(self, row: Row, entry: Entry, there: Endpoint) -> Verdict:
        if not self.wishes.update:
            return Verdict(line=row.line, outcome=Outcome.LEFT, endpoint=there)
        if there.pk not in self.changeable:
            raise ValidationError("It is there already, and you may not change it.")
        said: dict[str, Any] = {"notes": entry.notes, "environment": entry.environment}
        if entry.team:
            said["team"] = self._team(entry.team)
        changes = {
            name: value
            for name, value in said.items()
            if value and getattr(there, name) != value
        }
        contacts = _changed(entry.contacts, (one.email for one in there.contacts.all()))
        tags = _changed(entry.tags, (one.name for one in there.tags.all()))
        is_changed = bool(changes) or contacts is not None or tags is not None
        for name, value in changes.items():
            setattr(there, name, value)
        return Verdict(
            line=row.line,
            outcome=Outcome.CHANGED if is_changed else Outcome.LEFT,
            endpoint=there,
            changes=changes,
            contacts=contacts,
            tags=tags,
        )

    def _team(self, said: str) -> Team:
        """Return the team called so, by slug or name, if things may be given to it."""
        name = said.casefold()
        found = [team for team in self.teams if team.slug == name]
        found = found or [team for team in self.teams if team.name.casefold() == name]
        if not found:
            raise ValidationError({"team": f"There is no team “{said[:100]}”."})
        if len(found) > 1:
            raise ValidationError(
                {"team": f"Several teams are called “{said[:100]}”; give its slug."}
            )
        return self._allowed(found[0])

    def _usual_team(self) -> Team | None:
        if self.wishes.team is not None:
            for team in self.teams:
                if team.pk == self.wishes.team:
                    return self._allowed(team)
            raise ValidationError({"team": "The team for rows without one is gone."})
        if not self.everywhere:
            raise ValidationError({"team": "Name one of your teams."})
        return None

    def _allowed(self, team: Team) -> Team:
        if not self.everywhere and team.pk not in self.own:
            raise ValidationError({"team": f"You are not in the team “{team}”."})
        return team

    def _changeable(self) -> set[UUID]:
        keys = {endpoint.pk for endpoint in self.there.values()}
        if not self.wishes.update or not keys or self.wishes.user is None:
            return keys
        rows = Endpoint.objects.filter(pk__in=keys).changeable_by(self.wishes.user)
        return set(rows.values_list("pk", flat=True))


def _there(places: Iterable[Place], *, with_relations: bool) -> dict[Place, Endpoint]:
    wanted = set(places)
    rows = Endpoint.objects.filter(host__in={place[0] for place in wanted})
    relations = ("contacts", "tags") if with_relations else ()
    rows = rows.prefetch_related("team", *relations)
    found = {(row.host, row.port, row.server_name, row.starttls): row for row in rows}
    return {place: row for place, row in found.items() if place in wanted}


def _changed(said: list[str], there: Iterable[str]) -> list[str] | None:
    return said if said and set(said) != set(there) else None


def _read(row: Row) -> Entry | str:
    """Return what a row says, or what is wrong with it."""
    if row.repeats:
        return f"The same endpoint is in line {row.repeats:,} already."
    if row.surplus:
        return "It has more cells than there are columns; is a quote missing?"
    try:
        return entries.entry(row.cells)
    except ValidationError as error:
        return _sentence(error)


def _sentence(error: ValidationError) -> str:
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return " ".join(
        f"{column}: {' '.join(said)}" for column, said in error.message_dict.items()
    )


def _wrong(row: Row, said: str) -> Verdict:
    return Verdict(line=row.line, outcome=Outcome.WRONG, problem=told(row.line, said))
