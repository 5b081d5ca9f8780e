"""How long something takes when it is asked again and again."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

WARM_UP = 1  # times that are not counted
PERCENTILE = 0.95
LONGEST = 30.0  # seconds; what takes long is asked less often, once at the least

Ask = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Milliseconds, and how many rows came."""

    p50: float
    p95: float
    rows: int = 0


def timed(ask: Ask, *, repeat: int) -> Timing:
    """Ask `repeat` times."""
    took: list[float] = []
    first = time.perf_counter()
    for _ in range(WARM_UP + repeat):
        begun = time.perf_counter()
        answer = ask()
        ended = time.perf_counter()
        took.append(1000 * (ended - begun))
        if ended - first > LONGEST:
            break
    counted = sorted(took[WARM_UP:] or took)
    last = math.ceil(PERCENTILE * len(counted)) - 1
    return Timing(p50=median(counted), p95=counted[last], rows=_rows(answer))


def _rows(answer: object) -> int:
    """Return the rows in a list, or in the tables of a page."""
    if isinstance(answer, str):
        return answer.count("<tr")
    return len(answer) if isinstance(answer, list) else 0
