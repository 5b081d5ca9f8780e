"""`python -m bench scale` as people run it: real processes, real signals."""

import os
import re
import signal
import subprocess
import sys

import pytest

from bench.engines import ROOT

LIMIT = 60  # seconds
TIMING = re.compile(r"\| [\d,]+ / [\d,]+ \| [\d,]+ / [\d,]+ \| \d+\.\d × \|")


def start(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "bench", "scale", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a group of its own, as from a terminal
    )


def folders():
    return set((ROOT / "var").glob("bench-*"))


def test_the_tables_of_sqlite_are_printed():
    process = start("--engines=sqlite", "--sizes=50,100", "--repeat=2")

    tables, news = process.communicate(timeout=LIMIT)

    assert process.returncode == 0, news
    assert "| Page | 50 | 100 | growth to 100 |" in tables
    rows = [line for line in tables.splitlines() if TIMING.search(line)]
    assert len(rows) > 50
    assert "| seeding, endpoints/s |" in tables
    assert "**sqlite, limits at 100 endpoints**" in tables
    assert all(line.startswith("bench: ") for line in news.splitlines())


def test_ctrl_c_leaves_nothing_behind():
    before = folders()
    process = start("--engines=sqlite", "--sizes=100000")
    while "seeding" not in process.stderr.readline():
        assert process.poll() is None

    os.killpg(process.pid, signal.SIGINT)

    tables, news = process.communicate(timeout=LIMIT)
    assert process.returncode == 130
    assert tables == ""
    assert "Traceback" not in news
    assert folders() <= before


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--sizes=100,50"], "the numbers must grow"),
        (["--sizes=many"], "'many' is no number above 0"),
        (["--engines=oracle"], "'oracle' is none of sqlite, postgres, mongo"),
        (["--engines=sqlite", "--url=sqlite:///x"], "not allowed with"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, complaint):
    process = start(*arguments)

    _, news = process.communicate(timeout=LIMIT)

    assert process.returncode == 2
    assert complaint in news
