"""Measurements that anybody can repeat.

Tables go to standard output, what is being done to standard error.
"""

import argparse
import signal
import subprocess
import sys
from typing import Any

from bench import children, probing, scaling, work

SCALE = """Fill empty databases on SQLite, PostgreSQL and MongoDB, one for each size,
and print how long pages take, with the limits that are not kept. The servers are those
of scripts/services; what is filled is dropped in the end."""
PROBE = """Check endpoints of a local server and print how many a second of processor
time does, beside OpenSSL's own client and a plain loop, and what a round takes."""
WORK = """Run one and two workers on a folder and on Redis against a local server, and
print how many messages and endpoints a second they do, and how long one takes."""
PARTS = {"probe": (probing, PROBE), "work": (work, WORK), "scale": (scaling, SCALE)}
INTERRUPTED = 130  # as shells say it: 128 and the number of SIGINT


def main(arguments: list[str]) -> int:
    """Run the measurement that was asked for; 1 if something failed."""
    options = _options(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # as nohup has it
            signal.signal(number, _end)
    part, _ = PARTS[options.what]
    try:
        return int(part.measure(options))
    except children.ChildError:
        return 1  # it has said why
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"bench: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("bench: interrupted.\n")
        return INTERRUPTED


def _options(arguments: list[str]) -> argparse.Namespace:
    whole = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parsers = whole.add_subparsers(dest="what", required=True)
    for name, (part, text) in PARTS.items():
        part.add_options(parsers.add_parser(name, help=text, description=text))
    return whole.parse_args(arguments)


def _end(number: int, _frame: Any) -> None:
    """End as Ctrl-C does, with everything tidied up."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
