"""Who may do what: every page and every screen of the inventory, in one table."""

from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from certs import urls
from certs.models import Observation
from certs.tests.factories import (
    make_checked,
    make_root,
    make_store,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db

# What anonymous people, Viewer, Editor and Administrator get. 302 of an anonymous
# request leads to the sign-in page, of another POST to where the work is done. Viewers
# are no staff: the admin sends them to sign in, as it does with anybody unknown.
# `theirs` is an endpoint of another team.
PAGES = """
    dashboard                   GET   302 200 200 200
    dashboard                   POST  302 405 405 405
    endpoints                   GET   302 200 200 200
    endpoints                   POST  302 405 405 405
    endpoints-export            GET   302 200 200 200
    endpoints-export            POST  302 405 405 405
    endpoint-add                GET   302 403 200 200
    endpoint-add                POST  302 403 200 200
    endpoint                    GET   302 200 200 200
    endpoint                    POST  302 405 405 405
    endpoint theirs             GET   302 200 200 200
    endpoint-edit               GET   302 403 200 200
    endpoint-edit               POST  302 403 200 200
    endpoint-edit theirs        GET   302 403 403 200
    endpoint-edit theirs        POST  302 403 403 200
    endpoint-delete             GET   302 403 200 200
    endpoint-delete             POST  302 403 302 302
    endpoint-delete theirs      GET   302 403 403 200
    endpoint-delete theirs      POST  302 403 403 302
    endpoint-follow             GET   302 405 405 405
    endpoint-follow             POST  302 302 302 302
    endpoint-follow theirs      POST  302 302 302 302
    endpoint-check              GET   302 405 405 405
    endpoint-check              POST  302 403 302 302
    endpoint-check theirs       POST  302 403 403 302
    endpoint-deep-check         GET   302 405 405 405
    endpoint-deep-check         POST  302 403 302 302
    endpoint-deep-check theirs  POST  302 403 403 302
    certificate-add             GET   302 403 200 200
    certificate-add             POST  302 403 200 200
"""
SCREENS = """
    endpoint changelist         GET   302 302 200 200
    endpoint add                GET   302 302 200 200
    endpoint add                POST  302 302 200 200
    endpoint change             GET   302 302 200 200
    endpoint change             POST  302 302 200 200
    endpoint change theirs      GET   302 302 200 200
    endpoint change theirs      POST  302 302 403 200
    endpoint delete             GET   302 302 200 200
    endpoint delete             POST  302 302 302 302
    endpoint delete theirs      GET   302 302 403 200
    endpoint delete theirs      POST  302 302 403 302
    endpoint history            GET   302 302 200 200
    certificate changelist      GET   302 302 200 200
    certificate add             GET   302 302 403 403
    certificate add             POST  302 302 403 403
    certificate change          GET   302 302 200 200
    certificate change          POST  302 302 403 403
    certificate delete          GET   302 302 403 403
    certificate delete          POST  302 302 403 403
    certificate history         GET   302 302 200 200
    observation changelist      GET   302 302 200 200
    observation add             GET   302 302 403 403
    observation add             POST  302 302 403 403
    observation change          GET   302 302 200 200
    observation change          POST  302 302 403 403
    observation delete          GET   302 302 403 403
    observation delete          POST  302 302 403 403
    observation history         GET   302 302 200 200
    contact changelist          GET   302 302 200 200
    contact add                 GET   302 302 200 200
    contact add                 POST  302 302 200 200
    contact change              GET   302 302 200 200
    contact change              POST  302 302 403 200
    contact delete              GET   302 302 403 200
    contact delete              POST  302 302 403 302
    contact history             GET   302 302 200 200
    tag changelist              GET   302 302 200 200
    tag add                     GET   302 302 200 200
    tag add                     POST  302 302 200 200
    tag change                  GET   302 302 200 200
    tag change                  POST  302 302 403 200
    tag delete                  GET   302 302 403 200
    tag delete                  POST  302 302 403 302
    tag history                 GET   302 302 200 200
    truststore changelist       GET   302 302 200 200
    truststore add              GET   302 302 403 200
    truststore add              POST  302 302 403 200
    truststore change           GET   302 302 200 200
    truststore change           POST  302 302 403 200
    truststore delete           GET   302 302 403 200
    truststore delete           POST  302 302 403 302
    truststore history          GET   302 302 200 200
"""
ROLES = (None, "Viewer", "Editor", "Administrator")
# Without a row of its own in the address.
WHOLE = (
    "dashboard",
    "endpoints",
    "endpoints-export",
    "endpoint-add",
    "certificate-add",
)
WHOLE_SCREENS = ("changelist", "add")


def lines(table):
    for line in table.strip().splitlines():
        *words, method, _, _, _, _ = line.split()
        answers = [int(word) for word in line.split()[-len(ROLES) :]]
        yield pytest.param(words, method.lower(), answers, id=" ".join(line.split()))


def make_site(name):
    """Make a row of each kind; `theirs` belongs to another team than the editor's."""
    mine = make_team()
    now = timezone.now()
    endpoint = make_checked(
        now=now, team=mine, contacts=["ann@example.org"], tags=["shop"]
    )
    moment = {"first_seen_at": now, "last_seen_at": now}
    return SimpleNamespace(
        team=mine,
        endpoint=endpoint,
        theirs=make_checked(now=now, team=make_team()),
        certificate=endpoint.certificate,
        observation=Observation.objects.create(endpoint=endpoint, **moment),
        contact=endpoint.contacts.get(),
        tag=endpoint.tags.get(),
        truststore=make_store(name, roots=[make_root()]),
    )


@pytest.fixture(autouse=True)
def _no_network(settings, monkeypatch):
    """Rights are asked here; checks have tests of their own."""
    for module in ("watch.observe", "survey.survey"):
        monkeypatch.setattr(f"certs.services.{module}", lambda *_, **__: iter(()))


def answers_of(client, method, address):
    """Ask as each role, each in a site of its own, for what one deletes is gone."""
    # An empty form is refused where it is wanted; "post" agrees to a deletion.
    data = {"post": "yes"} if method == "post" else {}
    for role in ROLES:
        site = make_site(f"{role}")
        client.logout()
        if role is not None:
            client.force_login(make_user(role, teams=[site.team]))
        yield getattr(client, method)(address(site), data).status_code


@pytest.mark.parametrize(("words", "method", "answers"), list(lines(PAGES)))
def test_a_page_answers_each_role_as_the_table_says(client, words, method, answers):
    name, *whose = words

    def address(site):
        row = site.theirs if whose else site.endpoint
        return reverse(f"certs:{name}", args=[] if name in WHOLE else [row.pk])

    assert list(answers_of(client, method, address)) == answers


@pytest.mark.parametrize(("words", "method", "answers"), list(lines(SCREENS)))
def test_a_screen_answers_each_role_as_the_table_says(client, words, method, answers):
    model, screen, *whose = words

    def address(site):
        row = site.theirs if whose else getattr(site, model)
        args = [] if screen in WHOLE_SCREENS else [row.pk]
        return reverse(f"admin:certs_{model}_{screen}", args=args)

    assert list(answers_of(client, method, address)) == answers


def test_no_page_and_no_screen_is_missing_from_the_tables():
    pages = {line.split()[0] for line in PAGES.strip().splitlines()}
    screens = {tuple(line.split()[:2]) for line in SCREENS.strip().splitlines()}
    models = {
        model._meta.model_name
        for model in admin.site._registry
        if model._meta.app_label == "certs"
    }

    assert pages == {pattern.name for pattern in urls.urlpatterns}
    names = ("changelist", "add", "change", "delete", "history")
    assert screens == {(model, name) for model in models for name in names}
