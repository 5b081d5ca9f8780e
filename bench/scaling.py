"""The tables of `python -m bench scale`: databases of several sizes, asked in turns."""

import argparse
import sys
from contextlib import ExitStack
from typing import Any

from bench import children, comparison, engines
from bench.report import Results, report
from bench.timing import Timing

SIZES = (1000, 10_000, 100_000)
MILLION = 1_000_000


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be asked for."""
    parser.add_argument(
        "--sizes",
        type=_sizes,
        default=list(SIZES),
        metavar="N,N,…",
        help="numbers of endpoints, growing (1000,10000,100000)",
    )
    parser.add_argument(
        "--million",
        action="store_true",
        help="1,000,000 endpoints, too, on SQLite and PostgreSQL: takes an hour each",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--engines",
        type=_engines,
        default=list(engines.ENGINES),
        metavar="NAME,…",
        help=f"some of {','.join(engines.ENGINES)}",
    )
    where.add_argument(
        "--url", help="one database to fill up to the last of the sizes; it is kept"
    )
    parser.add_argument(
        "--repeat", type=_positive, default=20, help="times to get each page (20)"
    )
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="the pages with TEXT in their name"
    )


def measure(options: argparse.Namespace) -> int:
    """Print the tables of each engine; 1 if a page failed."""
    if options.url:
        return _measure({options.sizes[-1]: options.url}, options)
    engines.start(options.engines)
    return max(_engine(name, options) for name in options.engines)


def _engine(name: str, options: argparse.Namespace) -> int:
    more = {MILLION} if options.million and name != "mongo" else set()
    with ExitStack() as stack:
        urls = {
            size: stack.enter_context(engines.empty(name))
            for size in sorted({*options.sizes, *more})
        }
        return _measure(urls, options)


def _measure(urls: dict[int, str], options: argparse.Namespace) -> int:
    """Measure databases of one engine by their numbers of endpoints."""
    largest = urls[max(urls)]
    with engines.folder() as static:
        with ExitStack() as stack:
            sites = {
                size: stack.enter_context(
                    children.talk("bench.scale", str(size), url=url, static=static)
                )
                for size, url in urls.items()
            }
            results = _results(sites, repeat=options.repeat, only=options.only)
        _print(report(results))
        if results.vendor == "mongodb":
            _print(comparison.of_engines(largest, repeat=options.repeat, static=static))
    return int(any(None in here.values() for here in results.pages.values()))


def _results(sites: dict[int, children.Talk], *, repeat: int, only: str) -> Results:
    """Fill all, and then ask each page of all of them, before the next page.

    What a page takes at two sizes is measured within seconds, so that their ratio does
    not say how fast the machine was at either end of an hour.
    """
    filled = {size: site.ask("fill") for size, site in sites.items()}
    first = filled[min(filled)]
    pages: dict[int, dict[str, Timing | None]] = {size: {} for size in sites}
    for name in first["pages"]:
        if only in name:
            sys.stderr.write(f"bench: {first['vendor']}, {name}\n")
            for size, site in sites.items():
                pages[size][name] = _timing(site.ask("page", name, repeat))
    rates = {
        size: {**filled[size]["rates"], **site.ask("rates")}
        for size, site in sites.items()
    }
    return Results(vendor=first["vendor"], pages=pages, rates=rates)


def _timing(answer: dict[str, Any] | None) -> Timing | None:
    return None if answer is None else Timing(**answer)


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return int(text)


def _sizes(text: str) -> list[int]:
    sizes = [_positive(size) for size in text.split(",")]
    if sizes != sorted(set(sizes)):
        raise argparse.ArgumentTypeError("the numbers must grow")
    return sizes


def _engines(text: str) -> list[str]:
    names = text.split(",")
    for name in names:
        if name not in engines.ENGINES:
            among = ", ".join(engines.ENGINES)
            raise argparse.ArgumentTypeError(f"{name!r} is none of {among}")
    return names
