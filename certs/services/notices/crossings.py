"""Which steps of a certificate there are, and which are crossed at a moment.

Pure: a policy and two dates in, moments out. Days are calendar days in the zone of the
policy, so they agree with "days left" as pages show it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from certs.models import Notice, Policy
from certs.models.steps import Step, for_lifetime, parse
from certs.services.notices import calendar

Kind = Notice.Kind
ON_THE_DAY = "0d"
LADDER = (Kind.STEP, Kind.OVERDUE, Kind.REMINDER, Kind.ENDED)  # a later one supersedes
_DAY = timedelta(days=1)
_EXPECTED = "1/3"  # is left when it renews itself, if nobody said otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A step of one certificate: since when it is crossed, and when that is told.

    `is_last` says that it is the last one before the end: nothing silences it.
    """

    key: str
    kind: Notice.Kind
    crossed_at: datetime
    due_at: datetime
    is_last: bool = False


def plan(
    policy: Policy, *, not_before: datetime, not_after: datetime
) -> list[Crossing]:
    """Return the steps up to the day of the end, in the order of time.

    Steps before the certificate begins are none. Of one that renews itself they are
    silent until the renewal is overdue. What is told daily is not among them.
    """
    lifetime = not_after - not_before
    found = []
    if lifetime > timedelta():
        found = _steps(policy, not_before=not_before, not_after=not_after)
    if found:
        last = max(found, key=lambda each: each.crossed_at)
        found = [replace(each, is_last=each is last) for each in found]
    start = _before(not_after, days=0, policy=policy) or not_after
    found.append(
        _crossing(
            policy,
            ON_THE_DAY,
            Kind.STEP,
            max(start, min(not_before, not_after)),
            not_after=not_after,
            is_last=not found,
        )
    )
    return sorted(found, key=lambda each: each.crossed_at)


def crossed(
    policy: Policy, *, not_before: datetime, not_after: datetime, now: datetime
) -> list[Crossing]:
    """Return what is crossed at `now`, the newest last.

    Of what is told daily it has today's alone: the days that were missed are over.
    """
    steps = plan(policy, not_before=not_before, not_after=not_after)
    found = [each for each in steps if each.crossed_at <= now]
    today = calendar.local_day(now, at=calendar.zone(policy))
    daily = _daily(policy, steps, today, not_after=not_after)
    if daily is not None and daily.crossed_at <= now:
        found.append(daily)
    return found


def coming(
    policy: Policy,
    *,
    not_before: datetime,
    not_after: datetime,
    now: datetime,
    until: datetime,
) -> Iterator[Crossing]:
    """Yield what is crossed after `now`, up to `until`: daily ones as well."""
    at = calendar.zone(policy)
    steps = plan(policy, not_before=not_before, not_after=not_after)
    found = [each for each in steps if now < each.crossed_at <= until]
    last = calendar.local_day(until, at=at)
    day = calendar.local_day(now, at=at)
    while day <= last:
        daily = _daily(policy, steps, day, not_after=not_after)
        if daily is not None and now < daily.crossed_at <= until:
            found.append(daily)
        day += _DAY
    yield from sorted(found, key=lambda each: each.crossed_at)


def told_at(
    crossing: Crossing, policy: Policy, *, not_after: datetime, now: datetime
) -> datetime:
    """Return when what is found crossed at `now` is told: an opening, also if late."""
    return calendar.due(policy, max(now, crossing.crossed_at), not_after=not_after)


def _steps(
    policy: Policy, *, not_before: datetime, not_after: datetime
) -> list[Crossing]:
    lifetime = not_after - not_before
    steps = parse(policy.steps) or for_lifetime(lifetime)
    found = [
        _crossing(policy, str(step), Kind.STEP, moment, not_after=not_after)
        for step in steps
        if (moment := _moment(step, policy, lifetime, not_after=not_after)) is not None
        and moment >= not_before
    ]
    if policy.renews_itself:
        moment = _overdue(policy, not_before=not_before, not_after=not_after)
        found = [each for each in found if each.crossed_at > moment]
        found.append(
            _crossing(policy, "overdue", Kind.OVERDUE, moment, not_after=not_after)
        )
    return found


def _overdue(policy: Policy, *, not_before: datetime, not_after: datetime) -> datetime:
    """Return when a renewal that did not come is overdue.

    At the latest when half of what was left then has passed: a grace of two days would
    otherwise outlast a certificate of six.
    """
    lifetime = not_after - not_before
    (step, *_) = parse(policy.renewal_expected) or parse(_EXPECTED)
    expected = _moment(step, policy, lifetime, not_after=not_after)
    expected = max(expected or not_before, not_before)
    grace = timedelta(days=policy.renewal_grace_days)
    return _whole(expected + min(grace, (not_after - expected) / 2))


def _daily(
    policy: Policy, steps: Sequence[Crossing], day: date, *, not_after: datetime
) -> Crossing | None:
    """Return what is told on `day` because it is told daily."""
    at = calendar.zone(policy)
    end = calendar.local_day(not_after, at=at)
    start = calendar.day_start(day, at=at)
    if day > end:
        key = f"ended+{(day - end).days}"
        return _crossing(policy, key, Kind.ENDED, start, not_after=not_after)
    if not policy.daily_after_step or day == end:
        return None
    before = [each for each in steps if each.crossed_at < start + _DAY]
    if not before or not calendar.is_open_on(policy, day):
        return None
    # The day after the step could be told first: it is not to be reminded of before.
    told = calendar.local_day(before[-1].due_at, at=at)
    is_new = calendar.local_day(before[-1].crossed_at, at=at) == day
    if is_new or told >= day:
        return None
    key = f"reminder/{day.isoformat()}"
    return _crossing(policy, key, Kind.REMINDER, start, not_after=not_after)


def _moment(
    step: Step, policy: Policy, lifetime: timedelta, *, not_after: datetime
) -> datetime | None:
    """Return when a step is crossed; None is before there were years."""
    if step.days is not None:
        return _before(not_after, days=step.days, policy=policy)
    try:
        return _whole(not_after - step.before_end(lifetime))
    except OverflowError:
        return None


def _before(not_after: datetime, *, days: int, policy: Policy) -> datetime | None:
    """Return the start of the day so many days before that of the end."""
    at = calendar.zone(policy)
    try:
        day = calendar.local_day(not_after, at=at) - days * _DAY
        return calendar.day_start(day, at=at)
    except OverflowError:
        return None


def _crossing(
    policy: Policy,
    key: str,
    kind: Notice.Kind,
    moment: datetime,
    *,
    not_after: datetime,
    is_last: bool = False,
) -> Crossing:
    return Crossing(
        key=key,
        kind=kind,
        crossed_at=moment,
        due_at=calendar.due(policy, moment, not_after=not_after),
        is_last=is_last,
    )


def _whole(moment: datetime) -> datetime:
    """Return the next whole second: no database keeps all of a third of a year."""
    return moment + timedelta(microseconds=-moment.microsecond % 1_000_000)
