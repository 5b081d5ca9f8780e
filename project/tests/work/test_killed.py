"""Workers and a scheduler that are killed in the middle of a round."""

import secrets
from datetime import timedelta

import pytest
from django.utils import timezone

from certs.pki.demo.authority import Authority, Wish
from project.tests.fresh import fresh_url
from project.tests.work.processes import Counting, Site, redis, wait_for

pytestmark = pytest.mark.slow

ENDPOINTS = 600
LIMIT = 120  # seconds
NAMES = ("one", "two", "scheduler")
KILLS = ("two", "scheduler", "one", "two")


@pytest.fixture(params=["folder", "redis"])
def broker(request, tmp_path):
    if request.param == "folder":
        yield f"file:///{tmp_path / 'queue'}"
    else:
        with redis() as url:
            yield url


@pytest.fixture
def servers():
    now = timezone.now()
    wish = Wish(
        common_name="www.example.org",
        dns_names=("www.example.org",),
        not_before=now - timedelta(days=1),
        not_after=now + timedelta(days=90),
    )
    return Counting(Authority("Killed", now=now).issue(wish))


def test_after_four_kills_everything_was_checked_and_nothing_twice_at_once(
    tmp_path, broker, servers
):
    hosts = [f"127.77.{n // 250}.{n % 250 + 1}" for n in range(ENDPOINTS)]
    with fresh_url(tmp_path) as database, servers.serving() as port:
        site = Site(tmp_path, database=database, broker=broker)
        site.fill(hosts, port=port)
        try:
            for name in NAMES:
                site.start(name)
            for name in KILLS:
                # Mid-round: so many more were asked since the last kill.
                goal = servers.asked.total() + 30 + secrets.randbelow(60)
                wait_for(
                    lambda goal=goal: servers.asked.total() >= goal,
                    site=site,
                    seconds=LIMIT,
                )
                site.kill(name)
                site.start(name)
            wait_for(lambda: len(servers.asked) == ENDPOINTS, site=site, seconds=LIMIT)
            assert site.settled(seconds=LIMIT) == {
                "up": ENDPOINTS,
                "due": 0,
                "held": 0,
                "runs": ENDPOINTS,
            }
        finally:
            site.end()
    assert servers.twice == set()
    # What is checked again is at most what the killed had claimed.
    assert servers.asked.total() < 2 * ENDPOINTS
