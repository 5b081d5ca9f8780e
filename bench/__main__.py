"""The command line of the measurements."""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Run the measurement that was asked for and print it as Markdown."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("what", choices=["scale"])
    parser.add_argument(
        "--sizes",
        type=lambda text: [int(size) for size in text.split(",")],
        default=[1000, 10_000, 100_000],
        help="numbers of endpoints, growing, with commas between",
    )
    parser.add_argument(
        "--url", help="an empty database to fill; without, SQLite in a temporary folder"
    )
    parser.add_argument("--repeat", type=int, default=20, help="times to get each page")
    options = parser.parse_args(arguments)
    with _database(options.url):
        # Django reads its settings once: they must be right before it is imported.
        from bench import scale  # noqa: PLC0415

        scale.run(options.sizes, repeat=options.repeat, write=sys.stdout.write)
    return 0


@contextmanager
def _database(url: str | None) -> Iterator[None]:
    """Point the settings at `url`, or at a file that is deleted afterwards."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
    os.environ["LOG_LEVEL"] = "WARNING"
    with tempfile.TemporaryDirectory(prefix="certdesk-bench-") as folder:
        file = Path(folder) / "bench.sqlite3"
        os.environ["DATABASE_URL"] = url or f"sqlite:///{file}"
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
