"""Measurements that anybody can repeat.

Tables go to standard output, what is being done to standard error.
"""

import argparse
import signal
import subprocess
import sys
from typing import Any

from bench import children, comparison, engines, probing, work
from bench.report import PAGES_FAILED

SCALE = """Fill an empty database on SQLite, PostgreSQL and MongoDB, size by size, and
print how long pages take, with the limits that are not kept. The servers are those of
scripts/services; what is filled is dropped in the end."""
PROBE = """Check endpoints of a local server and print how many a second of processor
time does, beside OpenSSL's own client and a plain loop, and what a round takes."""
WORK = """Run one and two workers on a folder and on Redis against a local server, and
print how many messages and endpoints a second they do, and how long one takes."""
SIZES = (1000, 10_000, 100_000)
MILLION = 1_000_000
MEASURES = {"probe": probing.measure, "work": work.measure}
INTERRUPTED = 130  # as shells say it: 128 and the number of SIGINT


def main(arguments: list[str]) -> int:
    """Run the measurement that was asked for; 1 if something failed."""
    options = _options(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # as nohup has it
            signal.signal(number, _end)
    try:
        if options.what in MEASURES:
            return MEASURES[options.what](options)
        if options.url:
            return _measure(options.url, options)
        engines.start(options.engines)
        return max(_engine(name, options) for name in options.engines)
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"bench: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("bench: interrupted.\n")
        return INTERRUPTED


def _options(arguments: list[str]) -> argparse.Namespace:
    whole = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parts = whole.add_subparsers(dest="what", required=True)
    probing.add_options(parts.add_parser("probe", help=PROBE, description=PROBE))
    work.add_options(parts.add_parser("work", help=WORK, description=WORK))
    _add_scale_options(parts.add_parser("scale", help=SCALE, description=SCALE))
    return whole.parse_args(arguments)


def _add_scale_options(parser: argparse.ArgumentParser) -> None:
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
    where.add_argument("--url", help="one empty database to fill instead; it is kept")
    parser.add_argument(
        "--repeat", type=_positive, default=20, help="times to get each page (20)"
    )
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="the pages with TEXT in their name"
    )


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


def _engine(name: str, options: argparse.Namespace) -> int:
    with engines.empty(name) as url:
        return _measure(url, options)


def _measure(url: str, options: argparse.Namespace) -> int:
    """Measure one database in processes of its own."""
    is_mongo = url.startswith("mongodb")
    more = {MILLION} if options.million and not is_mongo else set()
    with engines.folder() as static:
        status = children.run(
            "bench.scale",
            *map(str, sorted({*options.sizes, *more})),
            f"--repeat={options.repeat}",
            f"--only={options.only}",
            url=url,
            static=static,
        )
        if status in (0, PAGES_FAILED) and is_mongo:
            text = comparison.of_engines(url, repeat=options.repeat, static=static)
            sys.stdout.write(text + "\n")
            sys.stdout.flush()
    return int(status != 0)


def _end(number: int, _frame: Any) -> None:
    """End as Ctrl-C does, with everything tidied up."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
