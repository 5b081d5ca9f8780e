"""The pages of policies, and where one is chosen."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tests.factories import make_team, make_user, sign_in
from certs.models import Endpoint, Policy, Tag, TeamPolicy
from certs.services.notices import editing
from certs.tests.factories import (
    NOW,
    make_channel,
    make_checked,
    make_endpoint,
    make_policy,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    user = make_user("Administrator")
    sign_in(client, user)
    return user


@pytest.fixture
def viewer(client):
    user = make_user("Viewer")
    sign_in(client, user)
    return user


def at(name, *args):
    return reverse(f"certs:{name}", args=args)


def form(name="Ops", **fields):
    return {
        "name": name,
        "renewal_expected": "1/3",
        "renewal_grace_days": "2",
        "weekdays": ["0", "1", "2", "3", "4"],
        "from_hour": "8",
        "until_hour": "18",
        "unreachable_after": "3",
        "events": ["recovered"],
        "to_contacts": "on",
        "to_members": "none",
        **fields,
    }


def errors(response):
    return response.context["form"].errors


@pytest.mark.usefixtures("administrator")
def test_a_policy_is_added(client):
    channel = make_channel("Chat")
    sent = form(
        steps="60d 25%",
        time_zone="Europe/Berlin",
        holidays="12-25\n2026-12-31\n",
        channels=[str(channel.pk)],
        grade_below="B",
        finding_severity="warning",
        escalate_after_days="3",
        fallback_email="boss@example.org",
        subject="{{ count }} warnings",
    )

    page = client.post(at("policy-add"), sent, follow=True)

    policy = Policy.objects.get(name="Ops")
    assert page.redirect_chain[-1][0] == policy.get_absolute_url()
    assert policy.weekdays == "01234"
    assert policy.events == ("recovered",)
    assert policy.holidays == ("12-25", "2026-12-31")
    assert list(policy.channels.all()) == [channel]
    for text in (
        "60d 25% before the end",
        "Mon, Tue, Wed, Thu, Fri, 08:00 to 18:00, Europe/Berlin",
        "12-25, 2026-12-31",
        "It can be reached again",
        "falls below B",
        "warning or worse",
        "Channel Chat",
        "boss@example.org",
    ):
        assert text in page.text


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("steps", "soon", "is no step"),
        ("steps", "1d " * 21, "At most 20"),
        ("renewal_expected", "30d 10d", "at one time"),
        ("weekdays", [], "at least one day"),
        ("weekdays", ["7"], "Select a valid choice"),
        ("until_hour", "8", "ends before it begins"),
        ("until_hour", "25", "Select a valid choice"),
        ("time_zone", "Mars/Base", "Select a valid choice"),
        ("holidays", "2026-02-30", "is no day"),
        ("holidays", "13-01", "is no day"),
        ("holidays", "20261225", "is no day"),
        ("holidays", "<b>", "is no day"),
        ("holidays", "\n".join(f"{2000 + n}-01-01" for n in range(201)), "At most 200"),
        ("events", ["nothing"], "Select a valid choice"),
        ("grade_below", "F", "Select a valid choice"),
        ("finding_severity", "good", "Select a valid choice"),
        ("escalate_after_days", "0", "greater than or equal to 1"),
        ("to_contacts", "", "Nobody would be told"),
        ("body", "{% load x %}", ""),
        ("subject", "{% load x %}", ""),
    ],
)
def test_what_could_not_work_is_refused_where_it_is(client, field, value, sentence):
    page = client.post(at("policy-add"), form(**{field: value}))

    where = "__all__" if field == "to_contacts" else field
    assert sentence in " ".join(errors(page)[where])
    assert not Policy.objects.filter(name="Ops").exists()


@pytest.mark.usefixtures("administrator")
def test_who_renews_itself_is_expected_to_at_some_time(client):
    page = client.post(at("policy-add"), form(renews_itself="on", renewal_expected=" "))

    assert "renewal_expected" in errors(page)


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize("day", ["02-29", "2028-02-29", "12-25"])
def test_days_that_exist_are_holidays(client, day):
    client.post(at("policy-add"), form(holidays=day))

    assert Policy.objects.get(name="Ops").holidays == (day,)


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize("zone", ["UTC", ""])
def test_a_zone_is_chosen_from_all_there_are(client, zone):
    client.post(at("policy-add"), form(time_zone=zone))

    assert Policy.objects.get(name="Ops").time_zone == zone


@pytest.mark.usefixtures("administrator")
def test_a_preview_shows_what_would_be_saved_and_saves_nothing(client):
    endpoint = make_checked("www.example.org", days=300)
    policy = make_policy("Ops", steps="9d")
    sent = form(steps="77d", subject="Look here", preview="yes")

    page = client.post(at("policy-edit", policy.pk), sent)

    policy.refresh_from_db()
    assert policy.steps == "9d"
    assert "Nothing is saved yet" in page.text
    assert "77d" in page.text
    assert "Look here" in page.text
    assert endpoint.host.partition(".")[0] in page.text


@pytest.mark.usefixtures("administrator")
def test_a_policy_is_changed_and_looked_at_again(client):
    endpoint, policy = make_endpoint(), make_policy("Ops")
    Endpoint.objects.update(next_notice_at=NOW.replace(year=2099))

    client.post(at("policy-edit", policy.pk), form("Office", daily_after_step="on"))

    policy.refresh_from_db()
    endpoint.refresh_from_db()
    assert (policy.name, policy.daily_after_step) == ("Office", True)
    assert endpoint.next_notice_at.year < 2099


@pytest.mark.usefixtures("administrator")
def test_an_opened_form_shows_what_is_saved(client):
    channel = make_channel("Chat")
    policy = make_policy(
        "Ops", weekdays="06", events=("names",), holidays=("12-25",), channels=[channel]
    )

    shown = client.get(at("policy-edit", policy.pk)).context["form"]

    assert shown["weekdays"].value() == ["0", "6"]
    assert shown["events"].value() == ["names"]
    assert shown["holidays"].value() == "12-25"
    assert shown["channels"].value() == [channel.pk]


@pytest.mark.usefixtures("administrator")
def test_a_form_opened_before_somebody_elses_save_is_refused(client):
    policy = make_policy("Ops")
    url = at("policy-edit", policy.pk)
    opened = client.get(url).context["form"]["opened"].value()
    Policy.objects.filter(pk=policy.pk).update(weekdays="01")

    page = client.post(url, form(steps="7d", opened=opened))

    policy.refresh_from_db()
    assert "Somebody else saved this" in page.text
    assert "Saved meanwhile" in page.text
    assert policy.steps == ""
    opened = page.context["form"]["opened"].value()
    client.post(url, form(steps="7d", opened=opened))
    policy.refresh_from_db()
    assert policy.steps == "7d"


@pytest.mark.usefixtures("administrator")
def test_the_default_is_changed_and_never_deleted(client):
    policy = make_policy("Ops")

    client.post(at("policy-default", policy.pk))
    page = client.post(at("policy-delete", policy.pk), follow=True)

    assert Policy.objects.get(is_default=True) == policy
    assert "Make another the default first" in page.text
    assert "Delete</a>" not in page.text
    assert "Make another" in client.get(at("policy-delete", policy.pk)).text


@pytest.mark.usefixtures("administrator")
def test_another_policy_is_duplicated_and_deleted(client):
    policy = make_policy("Ops")

    page = client.post(at("policy-duplicate", policy.pk), follow=True)
    copy = Policy.objects.get(name="Copy of Ops")
    assert page.redirect_chain[-1][0] == at("policy-edit", copy.pk)

    assert "Used by" in client.get(at("policy-delete", copy.pk)).text
    client.post(at("policy-delete", copy.pk))
    assert not Policy.objects.filter(pk=copy.pk).exists()


@pytest.mark.usefixtures("viewer")
def test_viewers_look_and_are_offered_nothing_to_change(client):
    policy = make_policy("Ops", channels=[make_channel("Chat")])
    Tag.objects.create(name="web", policy=policy)
    editing.give_team(make_team("Web team"), policy, now=NOW)

    listed = client.get(at("policies")).text
    page = client.get(at("policy", policy.pk)).text

    assert "1 tag, 1 team" in listed
    assert "Chat" in listed
    assert "Web team" in page
    for text in ("Add policy", "Edit</a>", "Duplicate", "Make default", "Delete</a>"):
        assert text not in listed + page


@pytest.mark.usefixtures("viewer")
def test_a_policy_that_tells_of_nothing_else_says_so(client):
    plain = make_policy(unreachable_after=0, events=())

    sentence = "Nothing but the end"
    assert sentence in client.get(at("policy", plain.pk)).text
    assert sentence not in client.get(at("policy", make_policy().pk)).text


@pytest.mark.usefixtures("viewer")
@pytest.mark.parametrize("name", ["policies", "policy"])
def test_pages_take_the_same_queries_at_one_and_five_rows(client, name):
    policy = make_policy("Ops")
    address = at(name, *([policy.pk] if name == "policy" else []))
    counts = []
    for more in (1, 4):
        for _ in range(more):
            other = make_policy(channels=[make_channel()])
            policy.channels.add(make_channel())
            make_endpoint(policy=other)
            make_checked(policy=policy)
            editing.give_team(make_team(), policy, now=NOW)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.usefixtures("administrator")
def test_words_that_can_no_longer_be_written_are_told(client):
    policy = make_policy("Ops", body="{% load x %}")

    page = client.get(at("policy", policy.pk))

    assert page.status_code == 200
    assert "They cannot be written" in page.text


@pytest.mark.usefixtures("administrator")
def test_an_endpoint_keeps_its_policy_when_it_is_edited(client):
    policy, endpoint = make_policy("Ops"), make_endpoint("www.example.org")
    url = at("endpoint-edit", endpoint.pk)

    assert "Warned by the policy" in client.get(url).text
    sent = {
        "host": "www.example.org",
        "address_mode": "first",
        "environment": "production",
        "renewal_method": "unknown",
        "policy": str(policy.pk),
    }
    page = client.post(url, sent, follow=True)

    endpoint.refresh_from_db()
    assert endpoint.policy == policy
    assert "chosen for this endpoint" in page.text
    assert policy.get_absolute_url() in page.text


def test_who_may_not_see_policies_is_told_the_name_alone(client):
    user = make_user("Viewer")
    user.groups.get().permissions.remove(
        user.groups.get().permissions.get(codename="view_policy")
    )
    sign_in(client, user)
    policy = make_policy("Ops")
    endpoint = make_endpoint(policy=policy)

    page = client.get(endpoint.get_absolute_url()).text

    assert "Ops" in page
    assert policy.get_absolute_url() not in page


@pytest.mark.usefixtures("administrator")
def test_a_site_without_a_default_still_says_how_it_warns(client):
    Policy.objects.all().delete()

    page = client.get(make_endpoint().get_absolute_url())

    assert "the default" in page.text


@pytest.mark.usefixtures("administrator")
def test_a_team_chooses_on_its_page(client):
    team, policy = make_team("Web"), make_policy("Ops")
    page = client.get(team.get_absolute_url()).text
    assert "No policy of its own" in page

    page = client.post(
        at("team-policy", team.pk), {"policy": str(policy.pk)}, follow=True
    )
    assert TeamPolicy.objects.get(team=team).policy == policy
    assert f'<option value="{policy.pk}" selected>' in page.text
    client.post(at("team-policy", team.pk), {"policy": "nonsense"})
    assert TeamPolicy.objects.filter(team=team).exists()
    client.post(at("team-policy", team.pk), {"policy": ""})
    assert not TeamPolicy.objects.filter(team=team).exists()


@pytest.mark.usefixtures("administrator")
def test_a_team_s_policy_is_not_among_what_it_looks_after(client):
    team = make_team("Web")
    editing.give_team(team, make_policy(), now=NOW)

    assert "team polic" not in client.get(reverse("accounts:teams")).text.lower()


def test_who_may_change_teams_alone_sees_the_policy(client):
    user = make_user("Administrator")
    group = user.groups.get()
    group.permissions.remove(group.permissions.get(codename="change_policy"))
    sign_in(client, user)
    team, policy = make_team("Web"), make_policy("Ops")
    editing.give_team(team, policy, now=NOW)

    page = client.get(team.get_absolute_url()).text

    assert policy.get_absolute_url() in page
    assert at("team-policy", team.pk) not in page
