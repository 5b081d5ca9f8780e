"""What we ask about endpoints."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Count as Count_, Q, Value

from accounts.models import Team, User
from certs.models.certificate import Certificate, numbered
from certs.models.contact import Contact, Tag
from certs.models.counting import Certainty, Count, bounded, size
from certs.models.health import (
    NEEDS_ATTENTION,
    UNTRUSTED,
    Health,
    Reachability,
    Tally,
    conditions,
)
from certs.models.quarters import Quarter
from certs.models.scope import OwnedQuerySet
from certs.models.search import EndpointText, Found, among

Row = TypeVar("Row", bound=models.Model)


class Questions(OwnedQuerySet[Row]):
    """Methods for a queryset of endpoints."""

    # Whether these rows are known to be more than search.MANY, so that nobody counts
    # them. What is made of them by a filter, an order or a slice knows nothing of it.
    is_many = False

    def places(self) -> Self:
        """Endpoints with no more than a check has to know of where they are."""
        return self.only(
            "host", "port", "server_name", "starttls", "address_mode", "addresses"
        )

    def in_health(self, *states: Health, now: datetime, are_many: bool = False) -> Self:
        """Endpoints in one of `states` at `now`.

        Where they `are_many`, databases that look each state up in its index would
        sort them all for a page. Those are told which states are left out, which no
        index answers: they go along the order and pass the others over.
        """
        those = [state for state in Health if (state in states) is not are_many]
        wanted = conditions(now)
        condition = Q(pk__in=())
        for state in those:
            condition |= wanted[state]
        return self.exclude(condition) if are_many else self.filter(condition)

    def graded(self, grade: str, *, now: datetime) -> Self:
        """Endpoints with `grade` at `now`, without one if it is empty.

        In Python: Endpoint.grade_at. Each condition is one that an index answers.
        """
        if grade != UNTRUSTED:
            is_current = Q(not_after__gte=now) & ~Q(not_before__gt=now)
            return self.filter(is_current if grade else Q(), grade=grade)
        later = Q(not_before__gt=now, paused__in=(True, False))
        later &= Q(status__in=Reachability.values)
        out = (Q(not_after__lt=now) | later) & Q(grade__gt="")
        return self.filter(Q(grade=UNTRUSTED) | out)

    def most_urgent(
        self, now: datetime, *, most: int, of_many: bool = False
    ) -> list[Row]:
        """Return what somebody should do something about, what ended first first.

        What was never seen has no end and comes last. Databases disagree on where NULL
        belongs, so they are two lists, each in the order of an index.
        """
        rows = self.in_health(*NEEDS_ATTENTION, now=now, are_many=of_many)
        seen = rows.filter(not_after__isnull=False).order_by("not_after", "id")
        found = list(seen[:most])
        if len(found) < most:
            never = rows.filter(not_after__isnull=True).order_by("host", "id")
            found += never[: most - len(found)]
        return found

    def ending_next(self, now: datetime) -> Self:
        """Watched endpoints whose certificate has not ended yet, soonest first."""
        return self.filter(paused=False, not_after__gte=now).order_by("not_after", "id")

    def ending(self, now: datetime, *, within: timedelta) -> Self:
        """Endpoints whose certificate is valid and ends `within` a while."""
        return self.filter(not_after__gte=now, not_after__lte=now + within)

    def health_counts(self, now: datetime) -> dict[Health, int]:
        """How many endpoints are in each state at `now`, in one query."""
        wanted = conditions(now)
        counts = self.aggregate(
            # "paused" alone would be taken for the column.
            **{f"in_{state}": Count_("pk", filter=wanted[state]) for state in Health}
        )
        return {state: counts[f"in_{state}"] for state in Health}

    def tally(self, now: datetime) -> Tally:
        """Return what is in each state at `now`; estimated where there are many.

        Of a whole large table each state is counted by its index, up to a bound. Of a
        large part of it nothing is: the states of that part have no index.
        """
        is_whole = not self.query.where
        total = size(self.model, using=self.db) if is_whole else bounded(self)
        if total.is_exact:
            counts = self.health_counts(now)
            exact = {state: Count(number) for state, number in counts.items()}
            return Tally(total=Count(sum(counts.values())), by_state=exact)
        if not is_whole:
            return Tally(total=total, by_state={})
        wanted = conditions(now)
        states: dict[Health, Count] = {
            state: bounded(self.filter(wanted[state]))
            for state in Health
            if state is not Health.OK
        }
        rest = max(total - sum(states.values()), 0)
        states[Health.OK] = Count(rest, Certainty.ABOUT)
        return Tally(total=total, by_state=states)

    def issuer_counts(self) -> list[tuple[str, int]]:
        """Each issuer's name with its number of endpoints, the largest first."""
        rows = self.values_list("issuer").annotate(number=Count_("*"))
        return list(rows.order_by("-number", "issuer"))

    def ending_between(self, moments: Sequence[datetime]) -> list[dict[str, int]]:
        """How many certificates end from each moment to the next, by environment.

        One query that reads one index, a range of it for each pair of moments.
        """
        ranges = [
            self.filter(not_after__gte=first, not_after__lt=last)
            .order_by()
            .values_list(Value(place), "environment")
            .annotate(number=Count_("*"))
            for place, (first, last) in enumerate(pairwise(moments))
        ]
        counts: list[dict[str, int]] = [{} for _ in ranges]
        for place, environment, number in ranges[0].union(*ranges[1:], all=True):
            counts[place][environment] = number
        return counts

    def ends_by_quarter(
        self, first: datetime, last: datetime
    ) -> "models.QuerySet[Any, Any]":
        """Each quarter of an hour with what ends in it, by environment."""
        rows: models.QuerySet[Any, Any] = self.filter(
            not_after__gte=first, not_after__lt=last
        ).annotate(quarter=Quarter("not_after"))
        pairs = rows.order_by().values_list("quarter", "environment")
        counted: models.QuerySet[Any, Any] = pairs.annotate(number=Count_("*"))
        return counted

    def matching(self, term: str) -> Self:
        """Endpoints with `term` in host, note, certificate, contact, tag or team.

        Keys first instead of joins: each table is read by itself, and no endpoint
        comes twice, however many contacts.
        """
        return self._matching(term, EndpointText.objects.having(term))

    def first_matching(self, term: str, *, most: int) -> Self:
        """Endpoints as `matching` finds them; by their words `most`, found first."""
        words = EndpointText.objects.first_having(term, most=most)
        return self._matching(term, words)

    def tagged(self, name: str) -> Self:
        """Endpoints with the tag of this very name."""
        tagged = self._links("tags").filter(tag__in=Tag.objects.filter(name=name))
        return self._found(among(tagged, "endpoint"))

    def followed_by(self, user: User) -> Self:
        """Endpoints that `user` follows."""
        links = self._links("followers").filter(user=user)
        return self._found(among(links, "endpoint"))

    def _matching(self, term: str, named: Found) -> Self:
        numbers = Certificate.objects.filter(numbered(term))
        contacts = Contact.objects.filter(
            Q(name__icontains=term) | Q(email__icontains=term)
        )
        told = self._links("contacts").filter(contact__in=contacts)
        tags = Tag.objects.filter(name__icontains=term)
        tagged = self._links("tags").filter(tag__in=tags)
        teams = Team.objects.filter(name__icontains=term)
        return self._found(
            named
            | among(numbers, "pk", of="certificate")
            | among(told, "endpoint")
            | among(tagged, "endpoint")
            | among(teams, "pk", of="team")
        )

    def _found(self, found: Found) -> Self:
        """Keep what was found; many of all are many, many of some may be few."""
        is_whole = not self.query.where
        rows = self.filter(found.condition)
        rows.is_many = found.is_many and is_whole
        return rows

    def _links(self, name: str) -> models.QuerySet[Any]:
        """Return the rows that link endpoints to contacts or tags."""
        through: Any = getattr(self.model, name).through
        rows: models.QuerySet[Any] = through.objects.all()
        return rows
