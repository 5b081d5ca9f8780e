import time
from uuid import uuid4

import pytest
from django.core import signing

from certs.models import Endpoint
from certs.services.notices import links

ENDPOINT = Endpoint(pk=uuid4(), host="www.example.org")
DAY = 24 * 60 * 60


def token(url):
    return url.rstrip("/").rpartition("/")[2]


@pytest.fixture
def days_ago(monkeypatch):
    """Sign as if it were some days ago."""

    def sign(make, days):
        began = time.time() - days * DAY
        with monkeypatch.context() as patch:
            patch.setattr("django.core.signing.time.time", lambda: began)
            return token(make())

    return sign


def test_links_lead_to_the_site_s_own_address(settings):
    settings.DEFAULT_HOST = "https://certs.example.org"

    for url in (
        links.acknowledge_url(ENDPOINT, "ann@example.org"),
        links.unsubscribe_url("ann@example.org"),
    ):
        assert url.startswith("https://certs.example.org/warnings/")


def test_a_link_says_what_it_was_made_for():
    acknowledge = links.acknowledge_url(ENDPOINT, "ann@example.org")
    leave = links.unsubscribe_url("channel:0193")

    assert links.read_acknowledge(token(acknowledge)) == ENDPOINT.pk
    assert links.read_unsubscribe(token(leave)) == "channel:0193"


def test_a_link_for_one_purpose_is_none_for_the_other():
    acknowledge = token(links.acknowledge_url(ENDPOINT, "ann@example.org"))
    leave = token(links.unsubscribe_url("ann@example.org"))
    other = signing.dumps("ann@example.org", salt="something else")

    with pytest.raises(links.InvalidLinkError):
        links.read_unsubscribe(acknowledge)
    with pytest.raises(links.InvalidLinkError):
        links.read_acknowledge(leave)
    with pytest.raises(links.InvalidLinkError):
        links.read_unsubscribe(other)


@pytest.mark.parametrize("wrong", ["", "a:b", ":::", "{}x", "x{}", "{}" + "x" * 1000])
def test_a_link_that_was_changed_is_refused(wrong):
    good = token(links.unsubscribe_url("ann@example.org"))

    with pytest.raises(links.InvalidLinkError):
        links.read_unsubscribe(wrong.format(good))
    with pytest.raises(links.InvalidLinkError):
        links.read_unsubscribe(good[:-1])


def test_a_link_works_for_30_days(days_ago):
    fresh = days_ago(lambda: links.unsubscribe_url("ann@example.org"), 29.9)
    old = days_ago(lambda: links.unsubscribe_url("ann@example.org"), 30.1)

    assert links.read_unsubscribe(fresh) == "ann@example.org"
    with pytest.raises(links.ExpiredLinkError):
        links.read_unsubscribe(old)


def test_the_longest_address_fits():
    address = "a" * 241 + "@example.org"

    assert links.read_unsubscribe(token(links.unsubscribe_url(address))) == address
