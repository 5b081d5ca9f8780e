"""The ledger of one endpoint: what it says, what it should, and what is to be done.

Nothing is written here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from certs.models import Endpoint, Notice
from certs.services.notices import calendar, crossings
from certs.services.notices.crossings import Crossing
from certs.services.notices.matters import Matter
from certs.services.notices.policies import Chosen
from certs.services.notices.recipients import Recipient
from certs.services.notices.silence import Silence

Kind, State = Notice.Kind, Notice.State
NEVER_TOLD = (State.CLOSED, State.SUPERSEDED)


@dataclass(slots=True)
class Decision:
    """What becomes of the ledger. `looks` says when each endpoint is looked at next."""

    new: list[Notice] = field(default_factory=list)
    again: list[tuple[Notice, datetime]] = field(default_factory=list)  # and when due
    superseded: list[UUID] = field(default_factory=list)
    closed: list[UUID] = field(default_factory=list)
    looks: dict[UUID, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What there is to tell of an endpoint."""

    endpoint: Endpoint
    chosen: Chosen
    steps: tuple[Crossing, ...] = ()  # crossed ones, the newest last
    silence: Silence
    matters: tuple[Matter, ...] = ()

    @property
    def fingerprint(self) -> str:
        served = self.endpoint.certificate
        return served.fingerprint_sha256 if served else ""

    @property
    def is_empty(self) -> bool:
        return not self.steps and not self.matters


class Book:
    """The ledger of one endpoint: what it says, and what it should."""

    def __init__(
        self,
        *,
        case: Case,
        written: Iterable[Notice],
        told: Sequence[Notice],
        waiting: Sequence[Notice],
        decision: Decision,
        now: datetime,
    ) -> None:
        self._case = case
        self._rows = {
            (row.fingerprint, row.step, row.recipient): row for row in written
        }
        self._told = told
        self._waiting = waiting
        self._decision = decision
        self._now = now
        # What is true and told, so that what waits and is not in here is closed.
        self._true: set[tuple[str, str, str]] = set()

    def keep(self, people: Sequence[Recipient]) -> None:
        """Decide what is written for `people`."""
        newest: dict[str, Crossing] = {}
        for recipient in people:
            last = self._climb(recipient)
            if last is not None:
                newest[recipient.key] = last
        for matter in self._case.matters:
            for recipient in people if matter.others is None else matter.others:
                if matter.only is None or recipient.key in matter.only:
                    self._tell(matter, recipient)
        self._clear(newest)

    def _climb(self, recipient: Recipient) -> Crossing | None:
        """Let the newest step be told, and those before it be superseded.

        Returns what the recipient was or is to be told last.
        """
        case, quiet = self._case, self._case.silence
        ladder = [each for each in case.steps if each.kind != Kind.REMINDER]
        if not ladder or quiet.covers(ladder[-1]):
            return None
        last = ladder[-1]
        row = self._row(last, recipient)
        if self._was_told_later(last, recipient):
            return last
        if row is None or row.state in NEVER_TOLD:
            for each in ladder[:-1]:
                if self._row(each, recipient) is None:
                    self._write(_matter(each, case), recipient, State.SUPERSEDED)
            self._tell(_matter(last, case), recipient)
            return last
        self._true.add((case.fingerprint, last.key, recipient.key))
        reminder = case.steps[-1]
        # Only who was told of the step, and before today, is reminded of it.
        is_told = row.sent_at is not None and row.sent_at < reminder.crossed_at
        if reminder is last or not is_told or quiet.covers(reminder):
            return last
        self._tell(_matter(reminder, case), recipient)
        return reminder

    def _was_told_later(self, last: Crossing, recipient: Recipient) -> bool:
        """Whether a step that is none any more was told, crossed later than `last`."""
        return any(
            row.crossed_at > last.crossed_at
            for row in self._told
            if row.kind in crossings.LADDER
            and row.kind != Kind.REMINDER
            and row.recipient == recipient.key
            and row.fingerprint == self._case.fingerprint
            and row.step != last.key
        )

    def _row(self, step: Crossing, recipient: Recipient) -> Notice | None:
        return self._rows.get((self._case.fingerprint, step.key, recipient.key))

    def _tell(self, matter: Matter, recipient: Recipient) -> None:
        """Let a matter be told to somebody, unless it is or was already."""
        key = (matter.fingerprint, matter.key, recipient.key)
        row = self._rows.get(key)
        if row is None:
            if matter.continues and self._knows(matter, recipient):
                return
            self._write(matter, recipient, State.WAITING)
        elif row.state in NEVER_TOLD:
            self._decision.again.append((row, self._due_at(matter)))
        self._true.add(key)

    def _knows(self, matter: Matter, recipient: Recipient) -> bool:
        return any(
            row.state == State.SENT
            and (row.step, row.recipient) == (matter.key, recipient.key)
            for row in self._rows.values()
        )

    def _write(self, matter: Matter, recipient: Recipient, state: str) -> None:
        self._decision.new.append(
            Notice(
                endpoint=self._case.endpoint,
                certificate_id=matter.certificate,
                fingerprint=matter.fingerprint,
                step=matter.key,
                recipient=recipient.key,
                kind=matter.kind,
                policy_id=self._case.chosen.key,
                reason=recipient.reason,
                crossed_at=matter.crossed_at,
                due_at=self._due_at(matter),
                state=state,
                created_at=self._now,
            )
        )

    def _due_at(self, matter: Matter) -> datetime:
        """Return when a matter is told: at an opening, also if it is found late."""
        policy, served = self._case.chosen.policy, self._case.endpoint.certificate
        moment = max(self._now, matter.crossed_at)
        if served is None or matter.kind not in crossings.LADDER:
            return calendar.next_opening(policy, moment)
        return calendar.due(policy, moment, not_after=served.not_after)

    def _clear(self, newest: Mapping[str, Crossing]) -> None:
        """Let what waits and is not true any more, or not the newest, not be told."""
        for row in self._waiting:
            last = newest.get(row.recipient)
            if last is not None and self._is_before(row, last):
                # What is in a letter already is told by it.
                if row.letter_id is None:
                    self._decision.superseded.append(row.pk)
            elif not self._is_true(row, last):
                self._decision.closed.append(row.pk)

    def _is_true(self, row: Notice, last: Crossing | None) -> bool:
        """Whether it is still so; a reminder is until something newer is told."""
        if (row.fingerprint, row.step, row.recipient) in self._true:
            return True
        case = self._case
        return (
            row.kind == Kind.REMINDER
            and last is not None
            and row.fingerprint == case.fingerprint
            and case.chosen.policy.daily_after_step
            and not case.silence.is_acknowledged
        )

    def _is_before(self, row: Notice, last: Crossing) -> bool:
        return (
            row.kind in crossings.LADDER
            and row.fingerprint == self._case.fingerprint
            and row.step != last.key
            and row.crossed_at <= last.crossed_at
        )


def _matter(step: Crossing, case: Case) -> Matter:
    served = case.endpoint.certificate
    return Matter(
        key=step.key,
        kind=step.kind,
        crossed_at=step.crossed_at,
        fingerprint=case.fingerprint,
        certificate=served.pk if served else None,
    )
