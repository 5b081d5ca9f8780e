"""`python -m bench` as people run it: real processes, real signals."""

import os
import re
import signal
import sqlite3
import subprocess
import sys

import pytest

from bench.engines import ROOT

LIMIT = 180  # seconds; a busy machine takes long
pytestmark = [pytest.mark.slow, pytest.mark.once]
TIMING = re.compile(r"\| [\d,]+ / [\d,]+ \| [\d,]+ / [\d,]+ \| (\d+\.\d ×|–) \|")


def start(*arguments, what="scale"):
    return subprocess.Popen(
        [sys.executable, "-m", "bench", what, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a group of its own, as from a terminal
    )


def folders_of(process):
    return list((ROOT / "var").glob(f"bench-{process.pid}-*"))


def test_the_tables_of_sqlite_are_printed():
    process = start(
        "--engines=sqlite", "--sizes=50,100", "--repeat=2", "--only=dashboard"
    )

    tables, news = process.communicate(timeout=LIMIT)

    assert process.returncode == 0, news
    assert "| Page | 50 | 100 | growth to 100 |" in tables
    rows = [line for line in tables.splitlines() if TIMING.search(line)]
    assert [row.split(" | ")[0] for row in rows] == ["| dashboard"]
    assert "| seeding, endpoints/s |" in tables
    assert "**sqlite, limits at 100 endpoints**" in tables
    assert all(line.startswith("bench: ") for line in news.splitlines())


def test_every_page_that_is_measured_answers():
    process = start("--engines=sqlite", "--sizes=60", "--repeat=1")

    tables, news = process.communicate(timeout=LIMIT)

    assert process.returncode == 0, news
    assert "| due, the next 500 to check |" in tables


def test_a_page_that_fails_is_named_and_the_others_are_measured(tmp_path):
    url = f"sqlite:///{tmp_path}/site.sqlite3"
    options = ["--sizes=60", "--repeat=1", "--only=jobs", f"--url={url}"]
    start(*options).communicate(timeout=LIMIT)
    with sqlite3.connect(tmp_path / "site.sqlite3") as database:
        database.execute("ALTER TABLE certs_job RENAME TO elsewhere")
    database.close()

    process = start("--sizes=60", "--repeat=1", "--only=s", f"--url={url}")
    tables, news = process.communicate(timeout=LIMIT)

    assert process.returncode == 1
    assert "- failed: jobs at 60" in tables
    assert "60 endpoints: jobs: " in news
    assert "| detail |" not in tables
    assert "| policies | " in tables


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_who_ends_it_finds_nothing_left_behind(number, status):
    process = start("--engines=sqlite", "--sizes=100000")
    while "seeding" not in process.stderr.readline():
        assert process.poll() is None
    assert folders_of(process)

    os.killpg(process.pid, number)

    tables, news = process.communicate(timeout=LIMIT)
    assert process.returncode == status
    assert tables == ""
    assert "Traceback" not in news
    assert not folders_of(process)


def test_a_database_that_people_use_is_left_alone(tmp_path):
    url = f"sqlite:///{tmp_path}/site.sqlite3"
    environment = {**os.environ, "DATABASE_URL": url}
    for command in (
        ["migrate", "--verbosity=0"],
        ["createsuperuser", "--username=ann", "--email=a@x.example", "--noinput"],
    ):
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            check=True,
        )
    process = start("--sizes=50", f"--url={url}")

    tables, news = process.communicate(timeout=LIMIT)

    assert process.returncode == 1
    assert tables == ""
    assert news == "bench: the database has people in it; give an empty one.\n"


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


def test_workers_are_measured_one_and_two_of_them():
    process = start("--endpoints=20", "--messages=10", "--broker=folder", what="work")

    table, news = process.communicate(timeout=2 * LIMIT)

    assert process.returncode == 0, news
    head, _, *rows = table.splitlines()
    assert head == "| broker, workers | folder, 1 | folder, 2 |"
    assert len(rows) == 4
    assert all(re.search(r"\| [1-9][\d,]* \| [1-9][\d,]* \|$", row) for row in rows)
    assert not folders_of(process)
