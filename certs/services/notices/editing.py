"""Policies as people change them; whoever is warned of is looked at again."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Count

from accounts.models import Team
from accounts.services import changes
from certs.models import Channel, Endpoint, Policy, Tag, TeamPolicy
from certs.services.notices import ledger

COPY = "Copy of {}"


class DefaultPolicyError(Exception):
    """There must be a default: it is not deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """How many name a policy; where nobody does, the default counts."""

    endpoints: int
    tags: int
    teams: int


def uses(policies: Collection[Policy]) -> dict[UUID, Uses]:
    """Return how many endpoints, tags and teams name each policy; three queries."""
    keys = [policy.pk for policy in policies]
    endpoints, tags, teams = (
        _numbers(model.objects.filter(policy__in=keys))
        for model in (Endpoint, Tag, TeamPolicy)
    )
    return {
        key: Uses(endpoints=endpoints[key], tags=tags[key], teams=teams[key])
        for key in keys
    }


def save(policy: Policy, *, channels: Iterable[Channel], now: datetime) -> None:
    """Add or change a policy."""
    with transaction.atomic(), changes.gathered():
        policy.save()
        policy.channels.set(channels)
        ledger.touch_all(now=now)


def make_default(policy: Policy, *, now: datetime) -> None:
    """Let `policy` count wherever nothing nearer is chosen."""
    with transaction.atomic():
        for other in Policy.objects.filter(is_default=True).exclude(pk=policy.pk):
            other.is_default = False
            other.save(update_fields=["is_default"])
        policy.is_default = True
        policy.save(update_fields=["is_default"])
        ledger.touch_all(now=now)


def duplicate(policy: Policy) -> Policy:
    """Return a copy of `policy`, which nothing names and which is not the default."""
    columns = {
        field.attname: getattr(policy, field.attname)
        for field in Policy._meta.concrete_fields
        if not field.primary_key
    }
    copy = Policy(**columns | {"is_default": False, "name": _free_name(policy)})
    with transaction.atomic(), changes.gathered():
        copy.save()
        copy.channels.set(policy.channels.all())
    return copy


def delete(policy: Policy, *, now: datetime) -> None:
    """Delete a policy; who named it has the next one. Raises DefaultPolicyError."""
    with transaction.atomic():
        if Policy.objects.filter(pk=policy.pk, is_default=True).exists():
            raise DefaultPolicyError
        policy.delete()
        ledger.touch_all(now=now)


def give_team(team: Team, policy: Policy | None, *, now: datetime) -> None:
    """Choose a policy for what `team` looks after, or none of its own."""
    with transaction.atomic():
        if policy is None:
            TeamPolicy.objects.filter(team=team).delete()
        else:
            TeamPolicy.objects.update_or_create(team=team, defaults={"policy": policy})
        ledger.touch_all(now=now)


def _numbers(rows: models.QuerySet[Any]) -> Counter[UUID]:
    counts = rows.order_by().values_list("policy").annotate(number=Count("pk"))
    return Counter(dict(counts))


def _free_name(policy: Policy) -> str:
    """Return a name for a copy that no policy has yet."""
    most = Policy._meta.get_field("name").max_length or 0
    name = COPY.format(policy.name)[:most]
    taken = set(Policy.objects.values_list("name", flat=True))
    number = 2
    while name in taken:
        end = f" ({number})"
        name = COPY.format(policy.name)[: most - len(end)] + end
        number += 1
    return name
