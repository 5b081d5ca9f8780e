"""Every URL pattern × method × who asks, against the table in roles.txt."""

import json
import logging
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.signals import request_finished
from django.db import close_old_connections
from django.urls import URLResolver, get_resolver, resolve

from project.tests.addresses import address
from project.tests.small_site import SmallSite

ROLES = (
    "anonymous",
    "viewer",
    "editor",
    "outsider",
    "administrator",
    "deactivated",
    "program",
)
PAGE_METHODS = ("GET", "POST")
API_METHODS = (*PAGE_METHODS, "PUT", "PATCH", "DELETE")
DOORS = ("/accounts/login/?next=", "/admin/login/?next=")
TABLE = Path(__file__).with_name("roles.txt")


def rows():
    """The table: route, what else is asked of it, method, answers."""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            words = line.split()
            route, *whose, method = words[: -len(ROLES)]
            route = route.removeprefix("/")  # of the dashboard: a line needs a word
            yield route, "".join(whose).strip("[]"), method, words[-len(ROLES) :]


def cases():
    """Each role in each area: a site takes longer to make than to ask."""
    together: dict[tuple[str, str], dict[tuple[str, str, str], str]] = {}
    for route, whose, method, answers in rows():
        for role, answer in zip(ROLES, answers, strict=True):
            case = together.setdefault((area(route), role), {})
            case[route, whose, method] = answer
    for (place, role), expected in together.items():
        yield pytest.param(role, expected, id=f"{role} in {place}")


def area(route):
    """Where a route leads: the first words of it, no more than a minute's work."""
    words = route.split("/")
    return "/".join(words[: {"accounts": 2, "admin": 3}.get(words[0], 1)])


def routes(patterns=None, start=""):
    """Every route of the site, spelt as `resolve` does."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = start + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def methods(route):
    return API_METHODS if route.startswith("api/") else PAGE_METHODS


def answers(role, questions):
    """Ask all as `role`, in a new site after what may have changed this one."""
    found, client = {}, None
    for route, whose, method in questions:
        if client is None:
            site = SmallSite()
            client = site.client_of(role)
        cache.clear()  # or all of them together would ask too often
        url = address(route, whose, site)
        assert resolve(url.partition("?")[0]).route == route
        answer = ask(client, method, url)
        found[route, whose, method] = answer
        if method != "GET" and answer != "in" and int(answer) < 400:
            client = None
    return found


def _close(response):
    """Close the file that may be behind an answer, and not the test's transaction."""
    request_finished.disconnect(close_old_connections)
    response.close()
    request_finished.connect(close_old_connections)


def ask(client, method, url):
    """Return the status, "in" for the way to the door.

    An empty form is refused where it is wanted; "post" agrees to a deletion.
    """
    data = {"post": "yes"} if method == "POST" else {}
    asked = getattr(client, method.lower())
    if url.startswith("/api/") and method != "GET":
        response = asked(url, json.dumps(data), content_type="application/json")
    else:
        response = asked(url, data)
    _close(response)
    if response.status_code == 302 and response.url.startswith(DOORS):
        return "in"
    return str(response.status_code)


@pytest.fixture(autouse=True)
def _no_network_and_no_noise(monkeypatch, caplog):
    """Rights are asked here; checks have tests of their own, and refusals are many."""
    caplog.set_level(logging.ERROR, logger="django.request")
    for module in ("watch.observe", "survey.survey"):
        monkeypatch.setattr(f"certs.services.{module}", lambda *_, **__: iter(()))


def test_every_route_and_method_is_in_the_table_and_no_other_is():
    there = {(route, method) for route in routes() for method in methods(route)}

    assert {(route, method) for route, _, method, _ in rows()} == there


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "expected"), list(cases()))
def test_who_asks_is_answered_as_the_table_says(role, expected):
    assert answers(role, expected) == expected
