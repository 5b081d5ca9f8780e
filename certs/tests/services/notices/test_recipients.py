import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Team
from accounts.roles import Role
from accounts.tests.factories import make_user
from certs.models import Channel, Contact, Policy, Tag, TeamPolicy
from certs.models.policy import Members
from certs.services.notices import policies, recipients
from certs.tests.services.notices.rows import make_policy, make_warned

pytestmark = pytest.mark.django_db


def told(endpoint):
    chosen = policies.chosen([endpoint])
    return [
        (each.key, each.reason)
        for each in recipients.of([endpoint], chosen)[endpoint.pk]
    ]


def why(endpoint):
    return policies.chosen([endpoint])[endpoint.pk].why


@pytest.fixture
def team():
    return Team.objects.create(name="Web", slug="web", email="web@example.org")


def test_the_nearest_policy_wins(team):
    endpoint = make_warned(team=team)
    assert why(endpoint) == "the default"

    TeamPolicy.objects.create(team=team, policy=make_policy())
    assert why(endpoint) == "of the team Web"

    endpoint.tags.add(Tag.objects.create(name="z", policy=make_policy()))
    endpoint.tags.add(Tag.objects.create(name="a"))
    endpoint.tags.add(Tag.objects.create(name="m", policy=make_policy("M")))
    assert why(endpoint) == "of the tag m"

    endpoint.policy = make_policy("Its own")
    assert why(endpoint) == "chosen for this endpoint"
    chosen = policies.chosen([endpoint])[endpoint.pk]
    assert (str(chosen.policy), chosen.key) == ("Its own", endpoint.policy_id)


def test_without_any_policy_the_built_in_one_counts():
    Policy.objects.all().delete()

    chosen = policies.chosen([endpoint := make_warned()])[endpoint.pk]

    assert (chosen.policy.name, chosen.key) == ("Standard", None)


def test_everybody_is_told_once_and_knows_why(team):
    contact = Contact.objects.create(email="ops@example.org")
    same = Contact.objects.create(email="web@example.org")
    endpoint = make_warned(team=team, contacts=[contact, same])
    endpoint.followers.add(make_user(username="fay", email="fay@example.org"))
    channel = Channel.objects.create(name="Chat")
    policies.default().channels.add(channel)

    assert told(endpoint) == [
        ("ops@example.org", "contact of this endpoint"),
        ("web@example.org", "contact of this endpoint"),
        ("fay@example.org", "follows this endpoint"),
        (f"channel:{channel.pk}", "channel of the policy Standard"),
    ]


def test_who_was_deactivated_is_left_out(team):
    gone = make_user(username="gone", email="gone@example.org", is_active=False)
    team.members.add(gone)
    policy = make_policy(to_members=Members.ALL, to_team=False)
    policy.channels.add(Channel.objects.create(name="Chat", is_active=False))
    endpoint = make_warned(
        team=team,
        policy=policy,
        contacts=[
            Contact.objects.create(email="a@example.org", is_active=False),
            Contact.objects.create(email="gone@example.org"),  # of a closed account
        ],
    )
    endpoint.followers.add(gone)

    assert told(endpoint) == []


def test_members_are_told_by_role(team):
    for role in Role:
        user = make_user(role, username=role.value, email=f"{role.value}@example.org")
        team.members.add(user)
    root = make_user(username="root", email="root@example.org", is_superuser=True)
    team.members.add(root)
    policy = make_policy(to_team=False, to_members=Members.EDITORS)
    endpoint = make_warned(team=team, policy=policy)

    assert [key for key, _ in told(endpoint)] == [
        "editor@example.org",
        "administrator@example.org",
        "root@example.org",
    ]
    assert told(endpoint)[0][1] == "member of the team Web"
    policy.to_members = Members.ALL
    policy.save()
    assert len(told(endpoint)) == 4
    policy.to_members = Members.NONE
    policy.save()
    assert told(endpoint) == []


def test_a_policy_may_leave_everybody_out(team):
    policy = make_policy(to_contacts=False, to_team=False, to_followers=False)
    contact = Contact.objects.create(email="ops@example.org")
    endpoint = make_warned(team=team, policy=policy, contacts=[contact])
    endpoint.followers.add(make_user())

    assert told(endpoint) == []


def test_a_recipient_is_known_by_their_account():
    user = make_user(email="ops@example.org")
    contact = Contact.objects.create(email="ops@example.org")
    endpoint = make_warned(contacts=[contact])

    (one,) = recipients.of([endpoint], policies.chosen([endpoint]))[endpoint.pk]

    assert one.user == user


def test_queries_do_not_grow_with_endpoints(team):
    counts = []
    for number in (1, 5):
        rows = []
        for each in range(number):
            own = Team.objects.create(slug=f"{number}-{each}", email="t@example.org")
            TeamPolicy.objects.create(
                team=own, policy=make_policy(to_members=Members.EDITORS)
            )
            own.members.add(make_user(Role.EDITOR))
            contact = Contact.objects.create(email=f"{number}-{each}@example.org")
            endpoint = make_warned(team=own, contacts=[contact])
            endpoint.followers.add(make_user())
            endpoint.tags.add(Tag.objects.create(name=f"{number}-{each}"))
            rows.append(endpoint)
        with CaptureQueriesContext(connection) as queries:
            recipients.of(rows, policies.chosen(rows))
        counts.append(len(queries))

    assert counts[0] == counts[1]
