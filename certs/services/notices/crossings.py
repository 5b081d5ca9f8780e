"""Which steps of a certificate there are, and which are crossed at a moment.

Pure: a policy and two dates in, moments out. Days are calendar days in the zone of the
policy, so they agree with "days left" as pages show it.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from certs.models import Notice, Policy
from certs.models.steps import Step, for_lifetime, parse
from certs.services.notices import calendar

Kind = Notice.Kind
ON_THE_DAY = "0d"
LADDER = (Kind.STEP, Kind.OVERDUE, Kind.REMINDER, Kind.ENDED)  # a later one supersedes
_DAY = timedelta(days=1)
_EXPECTED = "1/3"  # is left when it renews itself, if nobody said otherwise
_parsed = lru_cache(maxsize=256)(parse)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A step of one certificate, and since when it is crossed.

    `is_last` says that it is the last one before the end: nothing silences it.
    """

    key: str
    kind: Notice.Kind
    crossed_at: datetime
    policy: Policy = field(repr=False)
    not_after: datetime
    is_last: bool = False

    @property
    def due_at(self) -> datetime:
        """When it is told, if it is found at once."""
        return calendar.due(self.policy, self.crossed_at, not_after=self.not_after)


class Ladder:
    """The steps of one certificate by one policy."""

    def __init__(
        self, policy: Policy, *, not_before: datetime, not_after: datetime
    ) -> None:
        self._policy = policy
        self._not_before, self._not_after = not_before, not_after
        self._zone = calendar.zone(policy)
        self._end = calendar.local_day(not_after, at=self._zone)
        self.steps = sorted(self._steps(), key=lambda each: each.crossed_at)

    def crossed(self, now: datetime) -> list[Crossing]:
        """Return what is crossed at `now`, the newest last.

        Of what is told daily it has today's alone: the days that were missed are over.
        """
        found = [each for each in self.steps if each.crossed_at <= now]
        daily = self._daily(calendar.local_day(now, at=self._zone))
        if daily is not None and daily.crossed_at <= now:
            found.append(daily)
        return found

    def coming(
        self, now: datetime, until: datetime, *, each_day: bool = True
    ) -> list[Crossing]:
        """Return what is crossed after `now`, up to `until`: daily ones as well.

        Without `each_day` only the next of those before the end, and the next after it.
        """
        found = [each for each in self.steps if now < each.crossed_at <= until]
        last = calendar.local_day(until, at=self._zone)
        day = calendar.local_day(now, at=self._zone)
        if not self._policy.daily_after_step:  # then nothing is daily before the end
            day = max(day, self._end)
        while day <= last:
            daily = self._daily(day)
            if daily is not None and now < daily.crossed_at <= until:
                found.append(daily)
                if not each_day and day > self._end:
                    break
                if not each_day:
                    day = self._end
            day += _DAY
        return sorted(found, key=lambda each: each.crossed_at)

    def _steps(self) -> list[Crossing]:
        moments = []
        if self._not_after > self._not_before:
            moments = self._moments()
        last = max((moment for _, _, moment in moments), default=None)
        found = [
            self._crossing(key, kind, moment, is_last=moment == last)
            for key, kind, moment in moments
        ]
        start = _day_before(self._end, days=0, at=self._zone) or self._not_after
        start = max(start, min(self._not_before, self._not_after))
        last_day = self._crossing(ON_THE_DAY, Kind.STEP, start, is_last=not found)
        return [*found, last_day]

    def _moments(self) -> list[tuple[str, Notice.Kind, datetime]]:
        """Return the steps before the day of the end, in the order they are written."""
        lifetime = self._not_after - self._not_before
        steps = _parsed(self._policy.steps) or for_lifetime(lifetime)
        found = [
            (str(step), Kind.STEP, moment)
            for step in steps
            if (moment := self._moment(step)) and moment >= self._not_before
        ]
        if self._policy.renews_itself:
            overdue = self._overdue()
            found = [each for each in found if each[2] > overdue]
            found.append(("overdue", Kind.OVERDUE, overdue))
        return found

    def _overdue(self) -> datetime:
        """Return when a renewal that did not come is overdue.

        At the latest when half of what was left then has passed: a grace of two days
        would otherwise outlast a certificate of six.
        """
        (step, *_) = _parsed(self._policy.renewal_expected) or _parsed(_EXPECTED)
        expected = max(self._moment(step) or self._not_before, self._not_before)
        grace = timedelta(days=self._policy.renewal_grace_days)
        return _whole(expected + min(grace, (self._not_after - expected) / 2))

    def _moment(self, step: Step) -> datetime | None:
        """Return when a step is crossed; None is before there were years."""
        if step.days is not None:
            return _day_before(self._end, days=step.days, at=self._zone)
        try:
            lifetime = self._not_after - self._not_before
            return _whole(self._not_after - step.before_end(lifetime))
        except OverflowError:
            return None

    def _daily(self, day: date) -> Crossing | None:
        """Return what is told on `day` because it is told daily."""
        if day > self._end:
            start = calendar.day_start(day, at=self._zone)
            return self._crossing(f"ended+{(day - self._end).days}", Kind.ENDED, start)
        if not self._policy.daily_after_step or day == self._end:
            return None
        before = [
            (crossed_on, each)
            for each in self.steps
            if (crossed_on := calendar.local_day(each.crossed_at, at=self._zone)) <= day
        ]
        if not before or not calendar.is_open_on(self._policy, day):
            return None
        crossed_on, step = before[-1]
        # Nobody is reminded of what they could not be told of before.
        told_on = calendar.local_day(step.due_at, at=self._zone)
        if crossed_on == day or told_on >= day:
            return None
        start = calendar.day_start(day, at=self._zone)
        return self._crossing(f"reminder/{day.isoformat()}", Kind.REMINDER, start)

    def _crossing(
        self, key: str, kind: Notice.Kind, moment: datetime, *, is_last: bool = False
    ) -> Crossing:
        return Crossing(
            key=key,
            kind=kind,
            crossed_at=moment,
            policy=self._policy,
            not_after=self._not_after,
            is_last=is_last,
        )


def plan(
    policy: Policy, *, not_before: datetime, not_after: datetime
) -> list[Crossing]:
    """Return the steps up to the day of the end, in the order of time.

    Steps before the certificate begins are none. Of one that renews itself they are
    silent until the renewal is overdue. What is told daily is not among them.
    """
    return Ladder(policy, not_before=not_before, not_after=not_after).steps


def _day_before(end: date, *, days: int, at: ZoneInfo) -> datetime | None:
    """Return the start of the day so many days before `end`."""
    try:
        return calendar.day_start(end - days * _DAY, at=at)
    except OverflowError:
        return None


def _whole(moment: datetime) -> datetime:
    """Return the next whole second: no database keeps all of a third of a year."""
    return moment + timedelta(microseconds=-moment.microsecond % 1_000_000)
