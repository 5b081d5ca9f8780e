"""Our MongoDB engine beside the stock backend, on the same rows."""

import json
from pathlib import Path
from typing import Any

from bench import children
from bench.report import table

LEAST = 10  # times as fast where a join decorates

Answer = dict[str, Any]  # as bench/stock.py prints it


def of_engines(url: str, *, repeat: int, static: Path) -> str:
    """Return a table of both, each asked in a process of its own."""
    ours, stock = (
        json.loads(
            children.answer(
                "bench.stock", engine, f"--repeat={repeat}", url=url, static=static
            )
        )
        for engine in ("ours", "stock")
    )
    return report(ours, stock)


def report(ours: dict[str, Answer], stock: dict[str, Answer]) -> str:
    """Return the table, and what is not as it should be."""
    rows = [
        [name, _joins(answer), *_cells(answer, stock[name])]
        for name, answer in ours.items()
    ]
    slow = [
        name
        for name, answer in ours.items()
        if answer["joins"] and (times := _times(answer, stock[name])) and times < LEAST
    ]
    other = [name for name in ours if _is_other(ours[name], stock[name])]
    head = ["Question", "a join decorates", "stock, ms", "ours, ms", "×", "same rows"]
    return "\n".join(
        [
            "### mongodb, stock django-mongodb-backend and ours, p50",
            "",
            table(head, rows),
            f"- {LEAST} × where a join decorates: {_named(slow, 'under')}",
            f"- the same rows: {_named(other, 'different')}",
            "",
        ]
    )


def _cells(ours: Answer, stock: Answer) -> list[str]:
    times = _times(ours, stock)
    if times is None:
        return [_ms(stock), _ms(ours), "–", "–"]
    same = "no" if _is_other(ours, stock) else "yes"
    return [_ms(stock), _ms(ours), f"{times:,.1f}", same]


def _times(ours: Answer, stock: Answer) -> float | None:
    """Return how many times as fast ours is; None where one of them refuses."""
    if "ms" not in ours or "ms" not in stock:
        return None
    return float(stock["ms"] / ours["ms"])


def _is_other(ours: Answer, stock: Answer) -> bool:
    return _times(ours, stock) is not None and ours["rows"] != stock["rows"]


def _joins(answer: Answer) -> str:
    return "yes" if answer["joins"] else ""


def _ms(answer: Answer) -> str:
    return f"{answer['ms']:,.1f}" if "ms" in answer else str(answer["error"])


def _named(names: list[str], what: str) -> str:
    return f"{len(names)} {what}: {', '.join(names)}" if names else "all"
