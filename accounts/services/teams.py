"""Teams: who is in them, and what they look after."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import models, transaction
from django.db.models import Count

from accounts.models import Team, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """How many rows of one kind name a team."""

    kind: str  # in the plural: "endpoints"
    number: int


def holdings(teams: Collection[Team]) -> dict[UUID, list[Holding]]:
    """Return what names each of `teams`, but for its members; one query per kind.

    Whatever app has a column for a team is asked: this one knows none of them.
    """
    found: dict[UUID, list[Holding]] = {team.pk: [] for team in teams}
    for relation in Team._meta.related_objects:
        if relation.one_to_one:  # more about the team, and nothing that it has
            continue
        rows, column = _rows(relation)
        counts = (
            rows.filter(**{f"{column}__in": [team.pk for team in teams]})
            .order_by()
            .values_list(column)
            .annotate(number=Count("pk"))
        )
        kind = str(relation.related_model._meta.verbose_name_plural)
        for key, number in counts:
            found[key].append(Holding(kind=kind, number=number))
    return found


def member_counts(teams: Collection[Team]) -> dict[UUID, int]:
    """Return how many members each of `teams` has, without those that have none."""
    links = Team.members.through.objects.filter(team__in=[team.pk for team in teams])
    return dict(links.order_by().values_list("team").annotate(number=Count("pk")))


def delete(team: Team) -> None:
    """Delete a team. What it looked after stays, without a team."""
    with transaction.atomic():
        team.delete()


def add_member(team: Team, user: User) -> None:
    """Make `user` a member of `team`."""
    team.members.add(user)


def remove_member(team: Team, user: User) -> None:
    """Let `user` no longer be a member of `team`."""
    team.members.remove(user)


def _rows(
    relation: models.ForeignObjectRel,
) -> tuple[models.QuerySet[models.Model], str]:
    """Return the rows that name a team, and the column that does."""
    if isinstance(relation, models.ManyToManyRel):
        through = relation.through
        assert through is not None  # noqa: S101 - Django fills it in
        name: str = relation.field.m2m_reverse_field_name()
        return through._base_manager.all(), name
    return relation.related_model._base_manager.all(), relation.field.name
