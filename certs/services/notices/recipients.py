"""Who is told about an endpoint, and why they are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group

from accounts.models import Team, User
from accounts.roles import Role
from certs.models import Channel, Contact, Endpoint, Policy
from certs.models.policy import Members
from certs.services.notices.policies import Chosen

CHANNEL = "channel:"  # begins the key of a recipient that is no mail address
EDITORS = (Role.EDITOR, Role.ADMINISTRATOR)
Links = dict[UUID, list[UUID]]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told: a mail address in lower case or `channel:` and its key, and why."""

    key: str
    reason: str
    user: User | None = field(default=None, compare=False)


def of(
    endpoints: Sequence[Endpoint], chosen: Mapping[UUID, Chosen]
) -> dict[UUID, list[Recipient]]:
    """Return who is told about each endpoint by its policy: constant queries for all.

    Who was deactivated is left out, and nobody is told twice: the first reason counts.
    """
    directory = _Directory(endpoints, [each.policy for each in chosen.values()])
    found: dict[UUID, list[Recipient]] = {}
    for endpoint in endpoints:
        told: dict[str, Recipient] = {}
        for each in directory.told_of(endpoint, chosen[endpoint.pk].policy):
            told.setdefault(each.key, each)
        found[endpoint.pk] = list(told.values())
    return found


def escalated(endpoint: Endpoint, policy: Policy) -> list[Recipient]:
    """Return who is told one after the other when nobody acknowledges.

    `endpoint.team` is read: a batch should have it already.
    """
    stages = []
    if endpoint.team is not None and endpoint.team.email:
        reason = f"nobody has acknowledged; address of the team {endpoint.team.name}"
        stages.append(Recipient(endpoint.team.email.lower(), reason[:200]))
    fallback = policy.fallback_email.lower()
    if fallback and fallback not in {each.key for each in stages}:
        stages.append(Recipient(fallback, "nobody has acknowledged; the fallback"))
    return stages


class _Directory:
    """The people and places of a batch, read once."""

    def __init__(
        self, endpoints: Sequence[Endpoint], policies: Sequence[Policy]
    ) -> None:
        keys = [each.pk for each in endpoints]
        teams = {each.team_id for each in endpoints if each.team_id}
        self._contacts = _links(
            Endpoint.contacts.through, "contact_id", endpoint_id=keys
        )
        self._followers = _links(
            Endpoint.followers.through, "user_id", endpoint_id=keys
        )
        self._members = _links(Team.members.through, "user_id", team_id=teams)
        self._channels = _links(
            Policy.channels.through,
            "channel_id",
            policy_id={each.pk for each in policies},
        )
        self._teams = Team.objects.in_bulk(list(teams))
        self._contact = Contact.objects.in_bulk(_all(self._contacts))
        self._channel = Channel.objects.in_bulk(_all(self._channels))
        people = {*_all(self._followers), *_all(self._members)}
        self._person = User.objects.in_bulk(list(people))
        self._editors = _editors(self._person.values())
        addresses = {each.email for each in self._contact.values()}
        addresses |= {each.email for each in self._teams.values()} - {""}
        self._at = {
            user.email: user for user in User.objects.filter(email__in=addresses)
        }

    def told_of(self, endpoint: Endpoint, policy: Policy) -> Iterable[Recipient]:
        if policy.to_contacts:
            yield from self._told_contacts(endpoint)
        team = self._teams.get(endpoint.team_id) if endpoint.team_id else None
        if team is not None:
            yield from self._told_members(team, policy)
            if policy.to_team and team.email:
                yield self._mailed(team.email, f"address of the team {team.name}")
        if policy.to_followers:
            for key in self._followers.get(endpoint.pk, ()):
                yield from self._told_person(key, "follows this endpoint")
        for key in self._channels.get(policy.pk, ()):
            if self._channel[key].is_active:
                reason = f"channel of the policy {policy.name}"
                yield Recipient(f"{CHANNEL}{key}", reason[:200])

    def _told_contacts(self, endpoint: Endpoint) -> Iterable[Recipient]:
        for key in self._contacts.get(endpoint.pk, ()):
            contact = self._contact[key]
            user = self._at.get(contact.email)
            # An account that was closed is somebody who left.
            if contact.is_active and (user is None or user.is_active):
                yield self._mailed(contact.email, "contact of this endpoint")

    def _told_members(self, team: Team, policy: Policy) -> Iterable[Recipient]:
        if policy.to_members == Members.NONE:
            return
        for key in self._members.get(team.pk, ()):
            if policy.to_members == Members.ALL or key in self._editors:
                yield from self._told_person(key, f"member of the team {team.name}")

    def _told_person(self, key: UUID, reason: str) -> Iterable[Recipient]:
        user = self._person[key]
        if user.is_active and user.email:
            yield Recipient(user.email.lower(), reason[:200], user)

    def _mailed(self, email: str, reason: str) -> Recipient:
        return Recipient(email.lower(), reason[:200], self._at.get(email))


def _links(through: Any, to: str, **wanted: Iterable[UUID]) -> Links:
    """Return what rows of a relation lead to, in the order of keys."""
    ((column, keys),) = wanted.items()
    found: Links = defaultdict(list)
    rows = through.objects.filter(**{f"{column}__in": list(keys)})
    for key, target in rows.order_by(to).values_list(column, to):
        found[key].append(target)
    return found


def _all(links: Links) -> list[UUID]:
    return list({key for keys in links.values() for key in keys})


def _editors(people: Iterable[User]) -> set[UUID]:
    """Return who may change what their teams look after, by role."""
    found = {user.pk for user in people if user.is_superuser}
    groups = Group.objects.filter(name__in=EDITORS).values_list("pk", flat=True)
    rows = User.groups.through.objects.filter(
        user_id__in=[user.pk for user in people], group_id__in=list(groups)
    )
    return found | set(rows.values_list("user_id", flat=True))
