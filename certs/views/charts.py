"""Charts drawn on the server: x in percent of the plot, y in pixels.

Text keeps its size while bars stretch with the page, colours come from CSS classes, and
no inline style is needed, which the Content-Security-Policy would refuse.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from certs.models import Endpoint
from certs.pki import grading
from certs.services.figures import Ranking

WEEKS = 26
HEIGHT = 180  # pixels
GAP = 0.28  # of a bar's slot
TICKS = 4
KILO = 1000
# From one tick to the next: round numbers, further than anybody counts.
STEPS = (
    1,
    2,
    5,
    *(first * 10**zeros for zeros in range(9) for first in (10, 20, 25, 50)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One colour of a stacked bar."""

    css: str
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One week: `label` below the axis (empty in most), `values` for the table."""

    start: date
    label: str
    values: list[int]
    total: int
    x: float
    width: float
    slot_x: float
    slot_width: float
    segments: list[Segment]
    reading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """A stacked bar chart and the numbers of the table beside it."""

    series: list[tuple[str, str]]  # CSS class, name
    bars: list[Bar]
    ticks: list[tuple[str, float]]  # label, y
    height: int = HEIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One bar of a ranking; both in percent: of the whole, and of the longest."""

    name: str
    number: int
    percent: int
    width: float


def weeks(now: datetime) -> list[datetime]:
    """Return where the viewer's next 26 weeks begin, and where the last one ends."""
    return [grading.day_start(now, days=7 * week) for week in range(WEEKS + 1)]


def expiries_by_week(numbers: Sequence[dict[str, int]], *, now: datetime) -> Bars:
    """Draw how many certificates end in each of the `weeks`, by environment."""
    environments = list(Endpoint.Environment)
    counts = [
        [found.get(environment.value, 0) for environment in environments]
        for found in numbers
    ]
    return _stacked(counts, [e.label for e in environments], start=now.date())


def shares(ranking: Ranking, *, rows: int) -> list[Share]:
    """Return the first `rows` of the ranking with their share of the whole."""
    longest = max((number for _, number in ranking.first), default=1)
    return [
        Share(
            name=name,
            number=number,
            percent=round(100 * number / ranking.total),
            width=round(100 * number / longest, 1),
        )
        for name, number in ranking.first[:rows]
    ]


def _stacked(counts: list[list[int]], names: list[str], *, start: date) -> Bars:
    top, step = _scale(max(map(sum, counts)))
    slot = 100 / len(counts)
    bars = []
    month = 0
    for number, values in enumerate(counts):
        begin = start + timedelta(weeks=number)
        bars.append(
            Bar(
                start=begin,
                label=begin.strftime("%b") if begin.month != month else "",
                values=values,
                total=sum(values),
                x=round(number * slot + slot * GAP / 2, 3),
                width=round(slot * (1 - GAP), 3),
                slot_x=round(number * slot, 3),
                slot_width=round(slot, 3),
                segments=_segments(values, top=top),
                reading=_reading(begin, values, names),
            )
        )
        month = begin.month
    return Bars(
        series=[(f"c{number}", name) for number, name in enumerate(names, start=1)],
        bars=bars,
        ticks=[
            (_short(value), round(HEIGHT - value / top * HEIGHT, 1))
            for value in range(0, top + 1, step)
        ],
    )


def _segments(values: list[int], *, top: int) -> list[Segment]:
    y = float(HEIGHT)
    segments = []
    for number, value in enumerate(values, start=1):
        if value:
            height = value / top * HEIGHT
            y -= height
            segments.append(
                Segment(
                    css=f"c{number}", y=round(y, 1), height=round(max(height - 1, 1), 1)
                )
            )
    return segments


def _reading(start: date, values: list[int], names: list[str]) -> str:
    parts = ", ".join(
        f"{value:,} {name.lower()}"
        for value, name in zip(values, names, strict=True)
        if value
    )
    text = f"Week of {start.day} {start:%b %Y}: {sum(values):,} end"
    return f"{text} ({parts})" if parts else text


def _short(value: int) -> str:
    """Write a round number for a narrow place: 500, 2.5k, 10k."""
    return f"{value / KILO:g}k" if value >= KILO else str(value)


def _scale(highest: int) -> tuple[int, int]:
    """Return the top of the axis and the step between its ticks, both round numbers."""
    wanted = max(highest, 1)
    step = next(step for step in STEPS if step * TICKS >= wanted)
    return step * ceil(wanted / step), step
