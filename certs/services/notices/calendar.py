"""When a policy lets messages out: weekdays, hours, holidays and the zone of them."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError

from certs.models import Policy

MOST_HOLIDAYS = 400
SEARCH = 800  # days; a calendar that is closed longer than that is closed for ever
_HOLIDAY = re.compile(r"(?:([0-9]{4})-)?([0-9]{2})-([0-9]{2})")
_LEAP_YEAR = 2024  # so that 02-29 is a day
_DAY = timedelta(days=1)


def zone(policy: Policy) -> ZoneInfo:
    """Return the zone that the days and hours of `policy` are in."""
    return ZoneInfo(policy.time_zone or settings.DEFAULT_VIEWER_ZONE)


def local_day(moment: datetime, *, at: ZoneInfo) -> date:
    """Return the day that it is at `moment`."""
    try:
        return moment.astimezone(at).date()
    except OverflowError:  # 9999-12-31T23:59:59Z, RFC 5280 section 4.1.2.5
        return moment.date()


def day_start(day: date, *, at: ZoneInfo) -> datetime:
    """Return the first instant of `day`, as UTC: later where midnight is skipped."""
    start = datetime.combine(day, time.min, tzinfo=at)
    try:
        return start.astimezone(UTC)
    except OverflowError:
        return start.replace(tzinfo=UTC)


def is_open_on(policy: Policy, day: date) -> bool:
    """Whether `policy` lets messages out at any hour of `day`."""
    if str(day.weekday()) not in policy.weekdays:
        return False
    written = day.isoformat()
    return written not in policy.holidays and written[5:] not in policy.holidays


def next_opening(
    policy: Policy, moment: datetime, *, any_day: bool = False
) -> datetime:
    """Return when `policy` is open first, at `moment` or after it, as UTC.

    With `any_day` weekdays and holidays are not looked at; nor are they where no day is
    open at all, so that nothing is lost by a calendar.
    """
    found = _opening(policy, moment, any_day=any_day)
    if found is None and not any_day:
        found = _opening(policy, moment, any_day=True)
    return moment if found is None else found


def due(policy: Policy, moment: datetime, *, not_after: datetime) -> datetime:
    """Return when something that is true from `moment` on is told.

    That is at the next opening. Should a certificate end before it, on any day; should
    it end before that, at once. After the end there is nothing to be in time for.
    """
    if moment > not_after:
        return next_opening(policy, moment)
    for any_day in (False, True):
        opening = next_opening(policy, moment, any_day=any_day)
        if opening <= not_after:
            return opening
    return moment


def validate_holidays(lines: Iterable[str]) -> None:
    """Raise ValidationError unless each line is a day: 2026-12-25, or 12-25."""
    lines = tuple(lines)
    if len(lines) > MOST_HOLIDAYS:
        raise ValidationError(f"At most {MOST_HOLIDAYS} holidays can be listed.")
    for line in lines:
        if not _is_day(line):
            raise ValidationError(
                "“%(line)s” is no day: write 2026-12-25, or 12-25 for every year.",
                params={"line": line},
            )


def validate_weekdays(days: str) -> None:
    """Raise ValidationError unless `days` has some of 0 (Monday) to 6, each once."""
    if not days or len(set(days)) != len(days) or not set(days) <= set("0123456"):
        raise ValidationError("Choose at least one weekday.")


def validate_hours(from_hour: int, until_hour: int) -> None:
    """Raise ValidationError unless the hours of a day are some."""
    if from_hour >= until_hour:
        raise ValidationError("It must open before it closes.")


def _opening(policy: Policy, moment: datetime, *, any_day: bool) -> datetime | None:
    at = zone(policy)
    try:
        local = moment.astimezone(at)
        for number in range(SEARCH):
            day = local.date() + number * _DAY
            if not any_day and not is_open_on(policy, day):
                continue
            opening = _opening_on(policy, day, at=at)
            if number or local.hour < policy.from_hour:
                return max(opening, moment)
            if local.hour < _until(policy):
                return moment
    except OverflowError:  # as above
        pass
    return None


def _opening_on(policy: Policy, day: date, *, at: ZoneInfo) -> datetime:
    """Return when it opens on `day`; an hour that the clock skips begins after it."""
    return datetime.combine(day, time(policy.from_hour), tzinfo=at).astimezone(UTC)


def _until(policy: Policy) -> int:
    """Return the hour when it closes; hours that are none last until midnight."""
    return policy.until_hour if policy.from_hour < policy.until_hour else 24


def _is_day(line: str) -> bool:
    match = _HOLIDAY.fullmatch(line)
    if match is None:
        return False
    try:
        date(int(match[1] or _LEAP_YEAR), int(match[2]), int(match[3]))
    except ValueError:
        return False
    return True
