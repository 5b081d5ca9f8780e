"""Which policy an endpoint is warned by: the nearest one wins, and it is said why."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from certs.models import Endpoint, Policy, Tag, TeamPolicy


@dataclass(frozen=True, slots=True)
class Chosen:
    """The policy of an endpoint, and in a few words why it is this one."""

    policy: Policy
    why: str

    @property
    def key(self) -> UUID | None:
        """The key of the policy; None where the site has not even a default."""
        return None if self.policy._state.adding else self.policy.pk


def chosen(endpoints: Sequence[Endpoint]) -> dict[UUID, Chosen]:
    """Return the policy of each of `endpoints`, by key: a handful of queries for all.

    Its own, that of the first of its tags by name, that of its team, the default.
    """
    tags = _of_tags(endpoints)
    rows = TeamPolicy.objects.filter(
        team__in={each.team_id for each in endpoints if each.team_id}
    )
    teams = {row.team_id: row for row in rows.select_related("team")}
    wanted = {each.policy_id for each in endpoints if each.policy_id}
    wanted |= {tag.policy_id for tag in tags.values() if tag.policy_id}
    wanted |= {row.policy_id for row in teams.values()}
    policies = Policy.objects.in_bulk(list(wanted))
    fallback = Chosen(default(), "the default")
    found: dict[UUID, Chosen] = {}
    for each in endpoints:
        tag, team = tags.get(each.pk), each.team_id and teams.get(each.team_id)
        near = [(each.policy_id, "chosen for this endpoint")]
        if tag:
            near.append((tag.policy_id, f"of the tag {tag.name}"))
        if team:
            near.append((team.policy_id, f"of the team {team.team.name}"))
        found[each.pk] = next(
            (Chosen(policies[key], why) for key, why in near if key in policies),
            fallback,
        )
    return found


def default() -> Policy:
    """Return the policy of whatever has no other; the built-in one if it is gone."""
    return Policy.objects.filter(is_default=True).first() or Policy(
        name="Standard", is_default=True
    )


def _of_tags(endpoints: Sequence[Endpoint]) -> dict[UUID, Tag]:
    """Return of each endpoint the first of its tags that has a policy."""
    tags = {tag.pk: tag for tag in Tag.objects.exclude(policy=None)}
    links = Endpoint.tags.through.objects.filter(
        endpoint_id__in=[each.pk for each in endpoints], tag_id__in=list(tags)
    )
    found: dict[UUID, Tag] = {}
    for endpoint, key in links.values_list("endpoint_id", "tag_id"):
        tag = tags[key]
        if endpoint not in found or tag.name < found[endpoint].name:
            found[endpoint] = tag
    return found
