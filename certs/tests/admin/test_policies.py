"""Policies in the admin: the form of the page, and the teams."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tests.factories import make_team, make_user, sign_in
from certs.models import Endpoint, Policy, Tag, TeamPolicy
from certs.services.notices import editing
from certs.tests.factories import NOW, make_channel, make_endpoint, make_policy
from certs.tests.views.test_policies import form as page_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    user = make_user("Administrator")
    sign_in(client, user)
    return user


def screen(name="changelist", *args, model="policy"):
    return reverse(f"admin:certs_{model}_{name}", args=args)


def form(name="Ops", *, teams=(), **fields):
    rows = {"TOTAL_FORMS": str(len(teams)), "INITIAL_FORMS": "0"}
    for number, team in enumerate(teams):
        rows[f"{number}-team"] = str(team.pk)
    inline = {f"teams-{key}": value for key, value in rows.items()}
    return {**page_form(name), **inline, **fields}


def later():
    Endpoint.objects.update(next_notice_at=NOW.replace(year=2099))


def is_touched(endpoint):
    endpoint.refresh_from_db()
    return endpoint.next_notice_at.year < 2099


@pytest.mark.usefixtures("administrator")
def test_a_policy_is_added_with_channels_and_teams(client):
    endpoint, channel, team = make_endpoint(), make_channel(), make_team()
    later()

    sent = form(teams=[team], channels=[str(channel.pk)], holidays="12-25")
    page = client.post(screen("add"), sent)

    assert page.status_code == 302, page.context["adminform"].form.errors
    policy = Policy.objects.get(name="Ops")
    assert policy.weekdays == "01234"
    assert list(policy.channels.all()) == [channel]
    assert TeamPolicy.objects.get().team == team
    assert is_touched(endpoint)


@pytest.mark.usefixtures("administrator")
def test_a_form_opened_before_somebody_elses_save_is_refused(client):
    policy = make_policy("Ops")
    url = screen("change", policy.pk)
    opened = client.get(url).context["adminform"].form["opened"].value()
    Policy.objects.filter(pk=policy.pk).update(steps="9d")

    page = client.post(url, form(opened=opened, daily_after_step="on"))

    assert "Somebody else saved this" in page.text
    policy.refresh_from_db()
    assert (policy.steps, policy.daily_after_step) == ("9d", False)


@pytest.mark.usefixtures("administrator")
def test_the_default_is_deleted_neither_alone_nor_among_others(client):
    default, other = make_policy("Standing"), make_policy("Other")
    editing.make_default(default, now=NOW)
    both = {"action": "delete_selected", "_selected_action": [default.pk, other.pk]}

    assert client.post(screen("delete", default.pk), {"post": "yes"}).status_code == 403
    client.post(screen(), {**both, "post": "yes"})

    assert Policy.objects.filter(pk__in=[default.pk, other.pk]).count() == 2


@pytest.mark.usefixtures("administrator")
def test_others_are_deleted_alone_and_together(client):
    endpoint, one, two = make_endpoint(), make_policy(), make_policy()
    later()

    client.post(screen("delete", one.pk), {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [two.pk], "post": "yes"}
    client.post(screen(), chosen)

    assert not Policy.objects.filter(pk__in=[one.pk, two.pk]).exists()
    assert is_touched(endpoint)


def test_who_may_look_sees_a_policy_and_its_teams(client):
    sign_in(client, make_user("Editor"))
    policy = make_policy("Ops", weekdays="0")
    editing.give_team(make_team("Web team"), policy, now=NOW)

    page = client.get(screen("change", policy.pk))

    assert page.status_code == 200
    assert "Web team" in page.text
    assert 'name="_save"' not in page.text


@pytest.mark.usefixtures("administrator")
def test_the_list_takes_the_same_queries_at_one_and_five_rows(client):
    counts = []
    for more in (1, 4):
        for _ in range(more):
            make_policy(channels=[make_channel()])
        client.get(screen())
        with CaptureQueriesContext(connection) as queries:
            client.get(screen())
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.usefixtures("administrator")
def test_a_tag_chooses_a_policy(client):
    endpoint, policy = make_endpoint(tags=["web"]), make_policy("Ops")
    later()
    tag = Tag.objects.get(name="web")

    url = screen("change", tag.pk, model="tag")
    client.post(url, {"name": "web", "policy": str(policy.pk)})

    tag.refresh_from_db()
    assert tag.policy == policy
    assert is_touched(endpoint)
    assert "Ops" in client.get(screen(model="tag")).text


def test_an_editor_adds_a_tag_and_chooses_no_policy(client):
    sign_in(client, make_user("Editor", teams=[make_team()]))
    policy = make_policy()

    client.post(screen("add", model="tag"), {"name": "web", "policy": str(policy.pk)})

    assert Tag.objects.get(name="web").policy is None


@pytest.mark.usefixtures("administrator")
def test_an_endpoint_has_its_policy_in_the_admin(client):
    endpoint, policy = make_endpoint("www.example.org"), make_policy()
    later()
    url = screen("change", endpoint.pk, model="endpoint")
    sent = {
        "host": "www.example.org",
        "port": "443",
        "address_mode": "first",
        "environment": "production",
        "renewal_method": "unknown",
        "policy": str(policy.pk),
    }

    page = client.post(url, sent)

    assert page.status_code == 302, page.context["adminform"].form.errors
    endpoint.refresh_from_db()
    assert endpoint.policy == policy
    assert is_touched(endpoint)
