"""Writes what was seen into the runs of the history."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from certs.models import Endpoint, Observation
from certs.services import sights
from certs.services.assessment import BASIS

LEAST_NEWS = 20  # milliseconds
ROWS = 200  # in one statement; one with a value for each row costs their square


@dataclass(frozen=True, slots=True)
class History:
    """Runs that are not written yet: those that go on, that end and that begin."""

    extended: list[Observation] = field(default_factory=list)
    latencies: dict[int | None, list[Observation]] = field(
        default_factory=lambda: defaultdict(list)
    )
    texts: list[Observation] = field(default_factory=list)
    judged: list[Observation] = field(default_factory=list)
    ended: list[Observation] = field(default_factory=list)
    begun: list[Observation] = field(default_factory=list)

    def follow(
        self,
        endpoint: Endpoint,
        runs: Sequence[Observation],
        *,
        latencies: Iterable[int | None],
        is_open: Mapping[str, Observation],
    ) -> None:
        """Let `runs`, each a run of one, go on from those open at their addresses.

        `latencies` are those of this check, in milliseconds. Where every node of an
        endpoint was seen, a node that was not is no more.
        """
        for run, latency_ms in zip(runs, latencies, strict=True):
            self._add(run, latency_ms, before=is_open.get(run.address))
        is_every = endpoint.address_mode == Endpoint.AddressMode.EVERY
        seen = {run.address for run in runs}
        if is_every and all(seen):
            for address, gone in is_open.items():
                if address not in seen:
                    self._end(gone)

    def write(self, *, now: datetime) -> None:
        """Write all of it; what is the same for all rows without naming each."""
        runs = Observation.objects
        for some in _batches(self.extended):
            runs.filter(pk__in=some).see_again(now)
        for latency_ms, rows in self.latencies.items():
            _update(rows, latency_ms=latency_ms)
        runs.bulk_update(self.texts, ["error_text"], batch_size=ROWS)
        runs.bulk_update(self.judged, BASIS, batch_size=ROWS)
        _update(self.ended, is_latest=False)
        runs.bulk_create(self.begun, batch_size=ROWS)

    def _add(
        self, run: Observation, latency_ms: int | None, *, before: Observation | None
    ) -> None:
        """Let `run` extend the open run `before` or take its place."""
        if before is not None and (run is before or sights.is_same_run(before, run)):
            self._extend(before, run, latency_ms)
            return
        if before is not None:
            self._end(before)
        self.begun.append(run)

    def _end(self, run: Observation) -> None:
        run.is_latest = False
        self.ended.append(run)

    def _extend(
        self, before: Observation, run: Observation, latency_ms: int | None
    ) -> None:
        self.extended.append(before)
        if _is_news(before.latency_ms, latency_ms):
            before.latency_ms = _rough(latency_ms)
            self.latencies[before.latency_ms].append(before)
        if run is before:
            return
        if before.error_text != run.error_text:
            before.error_text = run.error_text
            self.texts.append(before)
        if any(getattr(before, name) != getattr(run, name) for name in BASIS):
            for name in BASIS:
                setattr(before, name, getattr(run, name))
            self.judged.append(before)


def _is_news(before: int | None, now: int | None) -> bool:
    """Whether a latency has doubled or halved: less is not worth a write.

    It is never the same twice, and the one thing that most checks would change.
    """
    if before is None or now is None:
        return before is not now
    return abs(now - before) > LEAST_NEWS and not before / 2 <= now <= 2 * before


def _rough(latency_ms: int | None) -> int | None:
    """Return a latency to its first digit: many have the same then, and one statement.

    A statement with a value for each row takes more than all else that is written.
    """
    if latency_ms is None:
        return None
    return round(latency_ms, 1 - len(str(latency_ms)))


def _update(rows: Sequence[Observation], **values: Any) -> None:
    for some in _batches(rows):
        Observation.objects.filter(pk__in=some).update(**values)


def _batches(rows: Sequence[Observation]) -> Iterator[list[UUID]]:
    """Yield the keys of `rows`, as many at a time as a statement takes."""
    for start in range(0, len(rows), ROWS):
        yield [row.pk for row in rows[start : start + ROWS]]
