"""Workers that die while they send, and workers that send at the same time."""

import os
import random
import socket
import subprocess
import sys
import time
from collections import Counter, defaultdict
from contextlib import contextmanager

import pytest

from certs.tests.warned import MailServer, serving
from project.tests.fresh import fresh_url

pytestmark = pytest.mark.slow

NOTICES = 400
PEOPLE = NOTICES // 2
KILLS = 4
LIMIT = 120  # seconds
POSTMAN = [sys.executable, "-m", "project.tests.postman"]


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    with fresh_url(tmp_path_factory.mktemp("letters")) as url, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        yield {
            **os.environ,
            "CERTDESK_ENV_FILE": os.devnull,
            "DATABASE_URL": url,
            "SMTP_URL": f"smtp://127.0.0.1:{port}",
            "LOG_LEVEL": "WARNING",
        }


@pytest.fixture
def box(environment):
    subprocess.run([*POSTMAN, "fill", str(NOTICES)], env=environment, check=True)
    box = MailServer()
    port = int(environment["SMTP_URL"].rpartition(":")[2])
    with serving(box, port=port):
        yield box


@contextmanager
def working(environment, hours):
    command = [*POSTMAN, "work", str(hours)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    with process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"at work\n"
            yield process
        finally:
            process.kill()


def wait_for(box, number):
    """Wait until so many people were told."""
    limit = time.monotonic() + LIMIT
    while len({mail["To"] for mail in box.taken}) < number:
        assert time.monotonic() < limit
        time.sleep(0.02)


def check_all_told_once(box):
    """Each person got one message; tell how many copies came besides."""
    letters = defaultdict(set)
    told = defaultdict(set)
    for mail in box.taken:
        text = mail.get_body(("plain",)).get_content()
        letters[mail["To"]].add(mail["Message-ID"])
        told[mail["Message-ID"]].add(text.count("\n  Acknowledge: "))
    assert len(letters) == PEOPLE
    assert all(len(ids) == 1 for ids in letters.values())
    assert all(counts == {2} for counts in told.values())
    copies = Counter(mail["Message-ID"] for mail in box.taken)
    return sum(copies.values()) - len(copies)


def test_each_letter_is_told_once_though_its_senders_are_killed(environment, box):
    chance = random.Random(f"{time.time_ns()}")  # noqa: S311 - no secret
    moments = sorted(chance.sample(range(5, PEOPLE - 5), KILLS))
    for hours, moment in enumerate(moments):
        with working(environment, hours):
            wait_for(box, moment)
            time.sleep(chance.random() / 20)
    with working(environment, KILLS):
        wait_for(box, PEOPLE)
        time.sleep(1)  # would anything come that should not

    doubled = check_all_told_once(box)

    print(f"killed at {moments}, sent twice: {doubled}")  # noqa: T201 - for -s
    assert doubled <= KILLS  # at most what was on its way


def test_what_was_taken_but_not_marked_comes_again_as_the_same_letter(environment, box):
    running: list[subprocess.Popen[bytes]] = []

    def die_before_the_answer():
        if len(box.taken) == PEOPLE // 2:
            running[0].kill()
            running[0].wait()

    box.before_answer = die_before_the_answer
    with working(environment, 0) as process:
        running.append(process)
        process.wait(timeout=LIMIT)
    with working(environment, 1):
        wait_for(box, PEOPLE)
        time.sleep(1)

    assert check_all_told_once(box) == 1


def test_two_at_once_send_nothing_twice(environment, box):
    with working(environment, 0), working(environment, 0):
        wait_for(box, PEOPLE)
        time.sleep(1)

    messages = Counter(mail["Message-ID"] for mail in box.taken)
    assert set(messages.values()) == {1}
    assert check_all_notices_told(box) == NOTICES


def check_all_notices_told(box):
    """Two who gather at once may make two letters for somebody, no notice twice."""
    texts = [mail.get_body(("plain",)).get_content() for mail in box.taken]
    return sum(text.count("\n  Acknowledge: ") for text in texts)
