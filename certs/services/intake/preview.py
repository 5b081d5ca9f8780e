"""What an import would do, before anybody confirms it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from certs.services.intake import judging, kept
from certs.services.intake.verdicts import Outcome, Verdict, Wishes

JUDGED = 2_000  # rows that a page waits for
BATCH = 200
SHOWN = 10  # rows as they would be
PROBLEMS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The first rows of an upload, judged: all of them, if they are few."""

    heading: kept.Heading
    judged: int
    counts: Counter[Outcome]
    problems: list[str]
    rows: list[Verdict]

    @property
    def is_whole(self) -> bool:
        return self.judged == self.heading.rows

    @property
    def new(self) -> int:
        return self.counts[Outcome.NEW]

    @property
    def changed(self) -> int:
        return self.counts[Outcome.CHANGED]

    @property
    def left(self) -> int:
        return self.counts[Outcome.LEFT]

    @property
    def wrong(self) -> int:
        return self.counts[Outcome.WRONG]

    @property
    def importable(self) -> int:
        """How many would be written, of those judged."""
        return self.new + self.changed

    @property
    def is_worthwhile(self) -> bool:
        """Whether there is anything to write, as far as is known."""
        return self.importable > 0 or not self.is_whole


def preview(
    key: UUID,
    wishes: Wishes,
    *,
    most: int | None = JUDGED,
    tell: Callable[[int], object] | None = None,
) -> Preview:
    """Judge the first rows of an upload, None for all. Raises FileNotFoundError.

    `tell` is called after each batch, with the number of its rows.
    """
    counts: Counter[Outcome] = Counter()
    problems: list[str] = []
    shown: list[Verdict] = []
    rows = kept.rows(key, most=most)
    while batch := list(islice(rows, BATCH)):
        for verdict in judging.judge(batch, wishes):
            counts[verdict.outcome] += 1
            if verdict.problem and len(problems) < PROBLEMS:
                problems.append(verdict.problem)
            elif verdict.endpoint is not None and len(shown) < SHOWN:
                shown.append(verdict)
        if tell is not None:
            tell(len(batch))
    return Preview(
        heading=kept.heading(key),
        judged=counts.total(),
        counts=counts,
        problems=problems,
        rows=shown,
    )
