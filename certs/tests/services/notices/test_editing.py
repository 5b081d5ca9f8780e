import pytest

from certs.models import Endpoint, Policy, Tag, TeamPolicy
from certs.services.notices import editing
from certs.services.notices.editing import DefaultPolicyError, Uses
from certs.tests.factories import (
    NOW,
    make_channel,
    make_endpoint,
    make_policy,
    make_team,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def endpoint():
    """An endpoint that would be looked at again in a year."""
    endpoint = make_endpoint()
    later = NOW.replace(year=2027)
    Endpoint.objects.filter(pk=endpoint.pk).update(next_notice_at=later)
    return endpoint


def is_looked_at(endpoint):
    endpoint.refresh_from_db()
    return endpoint.next_notice_at <= NOW


def test_a_policy_is_saved_with_its_channels(endpoint):
    channel = make_channel()
    policy = Policy(name="Ops")

    editing.save(policy, channels=[channel], now=NOW)

    assert list(Policy.objects.get(name="Ops").channels.all()) == [channel]
    assert is_looked_at(endpoint)


def test_one_policy_is_the_default(endpoint):
    first, second = make_policy(), make_policy()

    for policy in (first, second, second):
        editing.make_default(policy, now=NOW)

    assert Policy.objects.get(is_default=True) == second
    assert is_looked_at(endpoint)


def test_the_default_is_not_deleted(endpoint):
    policy = make_policy()
    editing.make_default(policy, now=NOW)

    with pytest.raises(DefaultPolicyError):
        editing.delete(policy, now=NOW)

    assert Policy.objects.filter(pk=policy.pk).exists()


def test_who_named_a_deleted_policy_has_the_next_one(endpoint):
    policy, team = make_policy(), make_team()
    Endpoint.objects.filter(pk=endpoint.pk).update(policy=policy)
    tag = Tag.objects.create(name="web", policy=policy)
    editing.give_team(team, policy, now=NOW)

    editing.delete(policy, now=NOW)

    tag.refresh_from_db()
    assert is_looked_at(endpoint)
    assert (endpoint.policy, tag.policy) == (None, None)
    assert not TeamPolicy.objects.exists()


def test_a_copy_says_the_same_and_is_used_by_nobody():
    policy = make_policy(
        "Ops", steps="9d", holidays=("12-25",), channels=[make_channel()]
    )
    editing.make_default(policy, now=NOW)

    copy = editing.duplicate(policy)
    again = editing.duplicate(policy)

    assert (copy.name, again.name) == ("Copy of Ops", "Copy of Ops (2)")
    copy.refresh_from_db()
    assert (copy.steps, copy.holidays, copy.is_default) == ("9d", ("12-25",), False)
    assert list(copy.channels.all()) == list(policy.channels.all())


def test_a_copy_of_a_long_name_has_one_that_fits():
    policy = make_policy("x" * 100)

    names = {editing.duplicate(policy).name for _ in range(3)}

    assert {len(name) for name in names} == {100}
    assert len(names) == 3


def test_a_team_has_one_policy_or_none(endpoint):
    team, policy, other = make_team(), make_policy(), make_policy()

    editing.give_team(team, policy, now=NOW)
    editing.give_team(team, other, now=NOW)
    assert TeamPolicy.objects.get(team=team).policy == other

    editing.give_team(team, None, now=NOW)
    assert not TeamPolicy.objects.filter(team=team).exists()
    assert is_looked_at(endpoint)


def test_uses_are_counted_in_three_queries(django_assert_num_queries):
    policy, unused = make_policy(), make_policy()
    for _ in range(3):
        make_endpoint(policy=policy)
    Tag.objects.create(name="web", policy=policy)
    for _ in range(2):
        editing.give_team(make_team(), policy, now=NOW)

    with django_assert_num_queries(3):
        uses = editing.uses([policy, unused])

    assert uses == {
        policy.pk: Uses(endpoints=3, tags=1, teams=2),
        unused.pk: Uses(endpoints=0, tags=0, teams=0),
    }
