import io
import runpy
import shutil
import subprocess
import sys
import time
from itertools import islice

import pytest

from certs.pki.demo import elsewhere, sites
from certs.tests.factories import NOW

pytestmark = pytest.mark.slow

PATIENCE = 30  # seconds
KILLED = """
import os, signal
from datetime import datetime
from certs.pki.demo import elsewhere
now = datetime.fromisoformat({now!r})
with elsewhere.batches(50, first=0, seed={seed}, now=now) as batches:
    next(batches)
    os.kill(os.getpid(), signal.SIGKILL)
"""


# Only who is asked can say which processes there are; a bare container has no ps. Where
# CI runs, and on every ordinary system, it is there.
needs_ps = pytest.mark.skipif(not shutil.which("ps"), reason="ps is not installed")


def processes(seed):
    """How many processes make this estate."""
    done = subprocess.run(
        ["ps", "-A", "-o", "args"],  # noqa: S607 - wherever it is
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.count(f"{elsewhere.__name__} 50 0 {seed} ")


def test_what_another_process_makes_is_what_this_one_makes():
    here = sites.batches(50, first=7, seed=1, now=NOW)

    with elsewhere.batches(50, first=7, seed=1, now=NOW) as there:
        assert list(islice(there, 3)) == list(islice(here, 3))


@needs_ps
def test_the_process_ends_with_the_block():
    with elsewhere.batches(50, first=0, seed=101, now=NOW) as batches:
        next(batches)
        assert processes(101) == 1

    assert processes(101) == 0


@needs_ps
def test_the_process_ends_when_its_reader_is_interrupted():
    with (
        pytest.raises(KeyboardInterrupt),
        elsewhere.batches(50, first=0, seed=102, now=NOW),
    ):
        raise KeyboardInterrupt

    assert processes(102) == 0


@needs_ps
def test_the_process_ends_when_its_reader_is_killed():
    code = KILLED.format(now=NOW.isoformat(), seed=103)

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=elsewhere.ROOT,
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode < 0
    assert done.stderr == ""
    limit = time.monotonic() + PATIENCE
    while processes(103):
        assert time.monotonic() < limit
        time.sleep(0.05)


def test_it_writes_until_nobody_reads(monkeypatch):
    class Reader(io.BytesIO):
        def write(self, data):
            if self.tell():
                raise BrokenPipeError
            return super().write(data)

    out = io.TextIOWrapper(Reader())
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", io.StringIO())

    arguments = [elsewhere.__file__, "2", "0", "1", NOW.isoformat()]
    monkeypatch.setattr(sys, "argv", arguments)

    runpy.run_path(elsewhere.__file__, run_name="__main__")

    out.buffer.seek(0)
    batch = next(elsewhere._read(out.buffer))
    assert batch == next(sites.batches(2, first=0, seed=1, now=NOW))
