"""Makes the sites of an estate in a process of its own, while this one does the rest.

    python -m certs.pki.demo.elsewhere SIZE FIRST SEED NOW

writes pickled batches to its output for as long as somebody reads them.
"""

import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from certs.pki.demo import sites
from certs.pki.demo.sites import Site

ROOT = Path(__file__).parents[3]


@contextmanager
def batches(
    size: int, *, first: int, seed: int, now: datetime
) -> Iterator[Iterator[list[Site]]]:
    """Give what `sites.batches` yields, made ahead; the process ends with the block.

    Should this process be killed, the other one ends when nobody reads. Reading raises
    EOFError when the other one was killed.
    """
    arguments = (size, first, seed, now.isoformat())
    command = [sys.executable, "-m", __name__, *map(str, arguments)]
    with subprocess.Popen(  # noqa: S603 - this Python and this module
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for this process, which then ends that one
    ) as process:
        assert process.stdout is not None  # noqa: S101 - what PIPE means
        try:
            yield _read(process.stdout)
        finally:
            process.kill()  # nothing of its own is left to put away


def _read(pipe: IO[bytes]) -> Iterator[list[Site]]:
    while True:
        yield pickle.load(pipe)  # noqa: S301 - from our own process


def main(arguments: list[str]) -> None:
    """Write batches until nobody reads them."""
    size, first, seed = map(int, arguments[:3])
    now = datetime.fromisoformat(arguments[3])
    try:
        made = sites.batches(size, first=first, seed=seed, now=now)
        for batch in made:  # pragma: no branch - there is always one more
            sys.stdout.buffer.write(pickle.dumps(batch))
            sys.stdout.buffer.flush()
    except BrokenPipeError:
        sys.stderr.close()  # nobody is there to be told


if __name__ == "__main__":
    main(sys.argv[1:])
