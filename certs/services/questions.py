"""The questions of a list of endpoints, put to the database.

`asked` has the names and values of `forms.EndpointFilterForm`, once they are valid.
"""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from certs.models import NEEDS_ATTENTION, Endpoint, Health
from certs.models.endpoint import EndpointQuerySet

WEEK = timedelta(days=7)
EQUAL = ("environment", "issuer")  # columns that are what was asked for
NO_TEAM = "none"
# The answers to "which status?" that stand for several states.
STATUS_GROUPS = {
    "attention": ("Needs attention", NEEDS_ATTENTION),
    "wrong": ("Wrong certificate", (Health.MISNAMED, Health.UNTRUSTED, Health.PENDING)),
}
# Not empty for "none": Django's admin would make an empty link of it.
UNGRADED = "none"


def filtered(asked: dict[str, Any], *, now: datetime) -> EndpointQuerySet:
    """Return the endpoints that every question but the status leaves."""
    equal = {name: asked[name] for name in EQUAL if asked.get(name)}
    rows = Endpoint.objects.filter(**equal)
    if grade := asked.get("grade"):
        rows = rows.graded("" if grade == UNGRADED else grade, now=now)
    if team := asked.get("team"):
        rows = rows.filter(team=None if team == NO_TEAM else team)
    if week := asked.get("week"):
        first = timezone.make_aware(datetime.combine(week, time()))
        rows = rows.filter(not_after__gte=first, not_after__lt=first + WEEK)
    if tag := asked.get("tag"):
        rows = rows.tagged(tag)
    if follower := asked.get("followed"):
        rows = rows.followed_by(follower)
    if term := asked.get("q"):
        rows = rows.matching(term)
    return rows


def in_status(
    rows: EndpointQuerySet, status: str, *, now: datetime, are_many: bool = False
) -> EndpointQuerySet:
    """Return those of the rows in a state or group of states; all without one.

    `are_many` is what Questions.in_health wants to know.
    """
    if not status:
        return rows
    return rows.in_health(*states(status), now=now, are_many=are_many)


def states(status: str) -> tuple[Health, ...]:
    """Return the states that an answer to "which status?" stands for."""
    if status in STATUS_GROUPS:
        return STATUS_GROUPS[status][1]
    return (Health(status),)
