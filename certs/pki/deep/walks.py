"""Finding all that a server accepts by taking away what it chose (no I/O here)."""

from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

from certs.pki.deep.answer import Answer, Kind
from certs.pki.groups import TLS13_GROUPS, Group
from certs.pki.suites import TLS13, Suite, usable_in

_FEWEST_TO_COMPARE = 2


class Walk(Protocol):
    """What each kind of walk can tell when it has ended, or been ended."""

    @property
    def found(self) -> list[Suite]:
        """The suites that the server chose, its first choice first."""

    @property
    def inferred(self) -> list[Suite]:
        """Suites that the server was not asked for but is expected to have."""

    @property
    def prefers_server_order(self) -> bool | None:
        """Whether the server has an order of its own; None when that cannot be told."""


class SuiteWalk:
    """Asks one version up to TLS 1.2 for its suites, until it has none left to choose.

    Every other question has the offer upside down. A server that goes by the client's
    order chooses the first it knows each time; its own order would have to zigzag.
    """

    def __init__(self, version: int, suites: Sequence[Suite]) -> None:
        """Prepare to walk through `suites`, the weakest first."""
        self.version = version
        self.left = list(suites)
        self.found: list[Suite] = []
        self.inferred: list[Suite] = []
        self._offers: list[tuple[Suite, ...]] = []

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to ask."""
        return not self.left

    def drop(self, suites: Sequence[Suite]) -> None:
        """Do not ask for `suites`: the server refused all of them together."""
        self.left = [suite for suite in self.left if suite not in suites]

    @property
    def offer(self) -> tuple[Suite, ...]:
        """The suites to offer next."""
        is_upside_down = len(self.found) % 2 == 1
        return tuple(reversed(self.left)) if is_upside_down else tuple(self.left)

    @property
    def prefers_server_order(self) -> bool | None:
        """Whether the server has an order of its own; None when that cannot be told."""
        return _prefers_server_order(self.found, self._offers)

    def take(self, answer: Answer) -> None:
        """Take the answer to the current offer; no suite of this version is the end."""
        chosen = _chosen(self.left, answer) if answer.version == self.version else None
        if chosen is None:
            self.left = []
            return
        self._offers.append(self.offer)
        self.found.append(chosen)
        self.left.remove(chosen)


class OldWalk:
    """Asks an old version for suites that the newer one lacks, then for those it has.

    Servers nearly always have one list for all versions. What they are expected to have
    and were not asked for, because the connections were spent, is `inferred`.
    """

    def __init__(self, version: int, chosen: Suite, newer: SuiteWalk) -> None:
        """Prepare to walk.

        `chosen` is what the server took when it was offered everything; `newer` is the
        walk that tells what to expect, as far as it has come when this one begins.
        """
        self.version = version
        self._chosen, self._newer = chosen, newer

    @cached_property
    def _others(self) -> SuiteWalk:
        known = {self._chosen, *self._newer.found}
        left = [each for each in usable_in(self.version) if each not in known]
        return SuiteWalk(self.version, left)

    @cached_property
    def _expected(self) -> SuiteWalk:
        known = {*self._newer.found} - {self._chosen}
        left = [each for each in usable_in(self.version) if each in known]
        return SuiteWalk(self.version, left)

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to ask."""
        return self._current.is_done

    @property
    def offer(self) -> tuple[Suite, ...]:
        """The suites to offer next."""
        return self._current.offer

    @property
    def found(self) -> list[Suite]:
        """What the server chose, its first choice first."""
        return [self._chosen, *self._expected.found, *self._others.found]

    @property
    def inferred(self) -> list[Suite]:
        """What the server was not asked for but is expected to have."""
        return self._expected.left

    @property
    def prefers_server_order(self) -> bool | None:
        """Whether the server has an order of its own; None when that cannot be told."""
        return self._expected.prefers_server_order

    def take(self, answer: Answer) -> None:
        """Take the answer to the current offer."""
        self._current.take(answer)

    @property
    def _current(self) -> SuiteWalk:
        return self._expected if self._others.is_done else self._others


class ModernWalk:
    """Asks TLS 1.3 for its suites and its groups at once: a retry names one of each.

    A refusal does not say which of the two lists is exhausted. The next question then
    has only groups that are left, beside suites that are known to be good, and once
    these are exhausted, only suites that are left.
    """

    def __init__(self) -> None:
        self.found: list[Suite] = []
        self.inferred: list[Suite] = []
        self.groups: list[Group] = []
        self._suites_left = list(usable_in(TLS13))
        self._groups_left = list(TLS13_GROUPS)
        self._offers: list[tuple[Suite, ...]] = []
        self._is_suite_suspect = False

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to ask."""
        return not self._suites_left and not self._groups_left

    @property
    def offer(self) -> tuple[tuple[Suite, ...], tuple[Group, ...]]:
        """The suites and the groups to offer next."""
        suites, groups = self._suites_left, self._groups_left
        if not suites or (self._is_suite_suspect and groups):
            suites = self.found
        elif len(self.found) % 2 == 1:
            suites = suites[::-1]
        return tuple(suites), tuple(groups or self.groups)

    @property
    def prefers_server_order(self) -> bool | None:
        """Whether the server has an order of its own; None when that cannot be told."""
        return _prefers_server_order(self.found, self._offers)

    def take(self, answer: Answer) -> None:
        """Take the answer to the current offer."""
        is_news = answer.kind is Kind.HELLO and self._take_choice(answer)
        if is_news:
            return
        if not self.found or not self._groups_left:
            # Not TLS 1.3 at all, or the groups were known to be good.
            self._suites_left = []
            self._groups_left = self._groups_left if self.found else []
        elif self._suites_left and not self._is_suite_suspect:
            self._is_suite_suspect = True
        else:
            self._groups_left = []

    def _take_choice(self, answer: Answer) -> bool:
        """Note what the server chose; return whether any of it is new."""
        offered, _groups = self.offer
        suite = _chosen(self._suites_left, answer)
        group = next((g for g in self._groups_left if g.number == answer.group), None)
        if suite is not None:
            self._offers.append(offered)
            self.found.append(suite)
            self._suites_left.remove(suite)
        if group is not None:
            self.groups.append(group)
            self._groups_left.remove(group)
            if self._is_suite_suspect:  # so the suites were what it had refused
                self._suites_left, self._is_suite_suspect = [], False
        return suite is not None or group is not None


def _chosen(suites: Sequence[Suite], answer: Answer) -> Suite | None:
    return next((suite for suite in suites if suite.number == answer.suite), None)


def _prefers_server_order(
    found: Sequence[Suite], offers: Sequence[tuple[Suite, ...]]
) -> bool | None:
    """Return False when each choice was the first of its offer that is known."""
    if len(found) < _FEWEST_TO_COMPARE:
        return None
    return any(
        chosen != next(suite for suite in offer if suite in found)
        for chosen, offer in zip(found, offers, strict=True)
    )
