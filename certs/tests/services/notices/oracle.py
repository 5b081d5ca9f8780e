"""What should be told, worked out day by day without the code that decides it.

It knows the policies of the simulation as plain values, walks calendars hour by hour
and keeps its own list of what waits.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(kw_only=True)
class Rules:
    """A policy of the simulation."""

    name: str
    zone: str = "UTC"
    weekdays: str = "0123456"
    hours: tuple[int, int] = (8, 18)
    holidays: tuple[str, ...] = ()
    days: tuple[int, ...] = ()
    parts: tuple[str, ...] = ()
    renews_itself: bool = False
    is_daily: bool = False
    escalate: int | None = None
    fallback: str = ""

    def is_open_day(self, local):
        written = f"{local:%Y-%m-%d}"
        return (
            str(local.weekday()) in self.weekdays
            and written not in self.holidays
            and written[5:] not in self.holidays
        )

    def opening(self, moment, *, end=None):
        """The first open hour from `moment` on; before `end` on any day, or at once."""
        limits = [(True, None), (False, end), (None, None)]
        if end is not None and moment <= end:
            limits[0] = (True, end)
        for looks_at_days, limit in limits:
            if looks_at_days is None:
                return moment
            found = moment
            for _ in range(24 * 30):
                local = found.astimezone(ZoneInfo(self.zone))
                is_day = not looks_at_days or self.is_open_day(local)
                if is_day and self.hours[0] <= local.hour < self.hours[1]:
                    break
                found = found.replace(minute=0, second=0, microsecond=0) + HOUR
            if limit is None or found <= limit:
                return found
        return moment

    def midnight(self, day):
        return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.zone))

    def local(self, moment):
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def steps(self, begin, end):
        """(when, key) of the steps of a certificate, then those after its end."""
        last = self.local(end)
        days, parts = self.days, self.parts
        if not days and not parts:
            if end - begin <= 10 * DAY:
                parts = ("1/2", "1/4")
            elif end - begin <= 100 * DAY:
                days, parts = (3, 1), ("1/3", "1/6")
            else:
                days = (60, 30, 14, 7, 3, 1)
        found = [(self.midnight(last - n * DAY), f"{n}d") for n in days]
        for text in parts:
            part = Fraction(text)
            left = (end - begin) * part.numerator / part.denominator
            found.append((_second(end - left), str(part)))
        found = [each for each in found if each[0] >= begin]
        if self.renews_itself:
            left = (end - begin) / 3
            overdue = _second(_second(end - left) + min(2 * DAY, left / 2))
            found = [each for each in found if each[0] > overdue]
            found.append((overdue, "overdue"))
        found.append((max(self.midnight(last), begin), "0d"))
        found += [(self.midnight(last + n * DAY), f"ended+{n}") for n in range(1, 450)]
        found = [(moment.astimezone(UTC), key) for moment, key in found]
        return sorted(found, key=lambda each: (each[0], each[1] == "0d"))


@dataclass
class Told:
    """What one recipient was told of one certificate, and what waits."""

    keys: dict[str, Any] = field(default_factory=dict)  # and when
    waits: tuple[Any, ...] | None = None  # key, when it is due


class Oracle:
    """Goes through the same rounds as the ledger and says what is sent in each."""

    def __init__(self, rules, endpoints):
        self._rules = rules
        self._endpoints = endpoints  # key → (name of rules, people, team address)
        self._served = {}
        self._told = {}
        self._late = {}
        self.steps = {}  # fingerprint → (when, key), in order

    def serve(self, endpoint, fingerprint, begin, end):
        name, people, _ = self._endpoints[endpoint]
        self._served[endpoint] = (fingerprint, begin, end)
        self._told[endpoint] = {each: Told() for each in people}
        self._late[endpoint] = {"first": None, "waits": {}, "done": set()}
        if (fingerprint) not in self.steps:
            self.steps[fingerprint] = self._rules[name].steps(begin, end)

    def round(self, now):
        """What is sent at `now`: (endpoint, fingerprint, key, recipient)."""
        sent = []
        for endpoint, (fingerprint, _begin, end) in self._served.items():
            rules = self._rules[self._endpoints[endpoint][0]]
            steps = self.steps[fingerprint]
            number = bisect_right(steps, now, key=lambda each: each[0])
            crossed = steps[:number]
            for person, told in self._told[endpoint].items():
                self._look(rules, crossed, told, end=end, now=now)
                if told.waits and told.waits[1] <= now:
                    told.keys[told.waits[0]] = now
                    sent.append((endpoint, fingerprint, told.waits[0], person))
                    told.waits = None
                    if crossed:
                        self._escalates_from(endpoint, sent[-1][2], now)
            sent += [
                (endpoint, fingerprint, key, person)
                for key, person in self._escalated(endpoint, rules, now=now)
            ]
        return sent

    def _look(self, rules, crossed, told, *, end, now):
        if not crossed:
            return
        when, key = crossed[-1]
        is_waiting = told.waits is not None and told.waits[0] == key
        if key not in told.keys and not is_waiting:
            told.waits = (key, rules.opening(now, end=end))
            return
        today = rules.local(now)
        reminder = f"reminder/{today.isoformat()}"
        if (
            rules.is_daily
            and key in told.keys
            and reminder not in told.keys
            and (told.waits is None or told.waits[0] != reminder)
            and today < rules.local(end)
            and rules.is_open_day(rules.midnight(today))
            and told.keys[key] < rules.midnight(today)
            and rules.local(when) != today
            and rules.local(rules.opening(when, end=end)) < today
        ):
            told.waits = (reminder, rules.opening(now, end=end))

    def _escalates_from(self, endpoint, key, now):
        late = self._late[endpoint]
        is_step = not key.startswith(("ended", "reminder"))
        if late["first"] is None and is_step:
            late["first"] = (now, key)
        if late["first"] is None and key.startswith("ended"):
            late["ended"] = min(now, late.get("ended", now))

    def _escalated(self, endpoint, rules, *, now):
        """The stages that are over; what was told in this round is not known yet."""
        late = self._late[endpoint]
        if rules.escalate is None:
            return
        since, step = late["first"] or (late.get("ended"), "ended")
        if since is None or since == now:
            return
        team = self._endpoints[endpoint][2]
        stages = [each for each in (team, rules.fallback) if each]
        for number, person in enumerate(stages, 1):
            key = f"escalation/{number}/{step}"
            if key in late["done"]:
                continue
            if key not in late["waits"]:
                if now < since + number * rules.escalate * DAY:
                    continue
                late["waits"][key] = rules.opening(now)
            if late["waits"][key] <= now:
                late["done"].add(key)
                yield key, person


def _second(moment):
    """The next whole second."""
    is_whole = moment.microsecond == 0
    return moment if is_whole else moment.replace(microsecond=0) + timedelta(seconds=1)
