"""Workers and a scheduler that are killed in the middle of a round, and of sending."""

import re
import secrets
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from certs.pki.demo.authority import Authority, Wish
from certs.tests.warned import MailServer, serving
from project.tests.faults.servers import free_port
from project.tests.fresh import fresh_url
from project.tests.work.processes import Counting, Site, redis, wait_for

pytestmark = pytest.mark.slow

ENDPOINTS = 2000
CONTACTS = 50
LIMIT = 240  # seconds
NAMES = ("one", "two", "scheduler")
KILLS = ("two", "scheduler", "one", "two")


# Redis with the database that sites with Redis have; the folder with each.
BROKERS = ["folder", "redis"] if connection.vendor == "postgresql" else ["folder"]


@pytest.fixture(params=BROKERS)
def broker(request, tmp_path):
    if request.param == "folder":
        yield f"file:///{tmp_path / 'queue'}"
    else:
        with redis() as url:
            yield url


@pytest.fixture
def servers():
    """Servers of a certificate that ends soon, so that each has one warning due."""
    now = timezone.now()
    wish = Wish(
        common_name="www.example.org",
        dns_names=("www.example.org",),
        not_before=now - timedelta(days=10),
        not_after=now + timedelta(days=2, hours=12),
    )
    return Counting(Authority("Killed", now=now).issue(wish))


@pytest.fixture
def post():
    """A mail server that keeps what it takes."""
    box = MailServer()
    with serving(box, port=free_port()):
        yield box


def test_after_four_kills_all_was_done_and_told_and_nothing_twice(
    tmp_path, broker, servers, post
):
    hosts = [f"127.77.{n // 250}.{n % 250 + 1}" for n in range(ENDPOINTS)]
    with fresh_url(tmp_path) as database, servers.serving() as port:
        site = Site(tmp_path, database=database, broker=broker, mail_port=post.port)
        site.fill(hosts, port=port, contacts=CONTACTS)
        try:
            for name in NAMES:
                site.start(name)
            for number, name in enumerate(KILLS):
                _wait_for_the_middle(servers, post, site, is_late=number > 1)
                site.kill(name)
                site.start(name)
            wait_for(lambda: len(servers.asked) == ENDPOINTS, site=site, seconds=LIMIT)
            assert site.settled(endpoints=ENDPOINTS, seconds=LIMIT) == {
                "up": ENDPOINTS,
                "due": 0,
                "held": 0,
                "runs": ENDPOINTS,
                "jobs": 0,
                "untold": 0,
                "letters": 0,
            }
        finally:
            site.end()
    assert servers.twice == set()
    # Besides the job, what is checked again is at most what the killed had claimed.
    assert servers.asked.total() < 2 * ENDPOINTS
    _check_all_told_once(post)


def _wait_for_the_middle(servers, post, site, *, is_late):
    """Wait until so many more were asked, or told, since the last kill."""
    checks = servers.asked.total() + 100 + secrets.randbelow(200)
    mails = len(post.taken) + 1 + secrets.randbelow(10)

    def is_there():
        if is_late:
            return len(post.taken) >= mails
        return servers.asked.total() >= checks

    wait_for(is_there, site=site, seconds=LIMIT)


def _check_all_told_once(post):
    """Every endpoint was told of to its contact in one letter, by its Message-ID.

    A letter that was taken when its sender died may have come a second time.
    """
    letters = {mail["Message-ID"]: mail for mail in post.taken}
    told = Counter(
        (mail["To"], host) for mail in letters.values() for host in set(_hosts(mail))
    )
    assert len(told) == ENDPOINTS
    assert set(told.values()) == {1}
    assert len(post.taken) - len(letters) <= len(KILLS)


def _hosts(mail):
    text = mail.get_body(("plain",)).get_content()
    return re.findall(r"127\.77\.[0-9]+\.[0-9]+(?=:)", text)
