"""What was measured, as Markdown, and what is over a limit."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.timing import Timing

JUDGED = 100_000  # endpoints at which the limits hold
P95 = {"sqlite": 200, "postgresql": 200, "mongodb": 400}  # ms
GROWTH = 2.0  # times, up to the judged size
FULL = 0.9  # of the rows: a page that shows fewer is another page

Timings = dict[str, Timing | None]  # None where the question failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Everything that was measured on one engine, by number of endpoints."""

    vendor: str
    pages: dict[int, Timings]
    rates: dict[int, dict[str, str]]

    @property
    def first(self) -> int:
        """The smallest size."""
        return min(self.pages)

    @property
    def judged(self) -> int:
        """The size that the limits are held against: the nearest to 100,000 below."""
        return max((n for n in self.pages if n <= JUDGED), default=self.first)

    def growth(self, name: str) -> tuple[float, int] | None:
        """Return by how much a page got slower, and from which size on.

        That is the first one at which it showed as many rows. None without one.
        """
        large = self.pages[self.judged].get(name)
        if large is None:
            return None
        for size in sorted(self.pages):
            small = self.pages[size].get(name)
            if size < self.judged and small and small.rows >= FULL * large.rows:
                return large.p50 / small.p50, size
        return None


def report(results: Results) -> str:
    """Return the tables of one engine and its summary."""
    sizes = sorted(results.pages)
    head = [f"{size:,}" for size in sizes]
    names = list(results.pages[results.judged])
    pages = [
        [
            name,
            *(_timing(results.pages[size].get(name)) for size in sizes),
            _growth(results.growth(name), first=results.first),
        ]
        for name in names
    ]
    rates = [
        [name, *(results.rates[size].get(name, "–") for size in sizes)]
        for name in results.rates[results.judged]
    ]
    return "\n".join(
        [
            f"### {results.vendor}, p50 / p95 in ms",
            "",
            table(["Page", *head, f"growth to {results.judged:,}"], pages),
            table(["Rate", *head], rates),
            summary(results),
        ]
    )


def summary(results: Results) -> str:
    """Return what is over a limit, a line for each limit."""
    limit = P95[results.vendor]
    timings = results.pages[results.judged]
    slow = [
        f"{name} ({timing.p95:.0f})"
        for name, timing in timings.items()
        if timing is not None and timing.p95 > limit
    ]
    grown = [
        f"{name} ({growth[0]:.1f} ×)"
        for name in timings
        if (growth := results.growth(name)) and growth[0] > GROWTH
    ]
    failed = [
        f"{name} at {size:,}"
        for size, here in results.pages.items()
        for name, timing in here.items()
        if timing is None
    ]
    lines = [
        f"**{results.vendor}, limits at {results.judged:,} endpoints**",
        "",
        f"- p95 ≤ {limit} ms: {_over(slow)}",
    ]
    if results.first != results.judged:
        lines.append(f"- growth ≤ {GROWTH:.0f} × (p50): {_over(grown)}")
        lines.append(
            f"- growth is from {results.first:,}, or from the first size at which the"
            " page has as many rows"
        )
    if failed:
        lines.append(f"- failed: {', '.join(failed)}")
    return "\n".join([*lines, ""])


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table and the empty line behind it."""
    lines = [f"| {' | '.join(row)} |" for row in (head, *rows)]
    lines.insert(1, "|---" * len(head) + "|")
    return "\n".join([*lines, ""])


def _timing(timing: Timing | None) -> str:
    return "–" if timing is None else f"{timing.p50:.0f} / {timing.p95:.0f}"


def _growth(growth: tuple[float, int] | None, *, first: int) -> str:
    if growth is None:
        return "–"
    times, size = growth
    return f"{times:.1f} ×" if size == first else f"{times:.1f} × from {size:,}"


def _over(names: list[str]) -> str:
    return f"{len(names)} over: {', '.join(names)}" if names else "all within"
