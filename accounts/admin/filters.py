"""Questions beside the list of people: those of the page, with its answers."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.filters import MOST_TEAMS, UserFilterForm, select
from accounts.models import Team, User


class PeopleFilter(admin.SimpleListFilter):
    """A question of the page's form, named by `parameter_name`."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        field: Any = UserFilterForm.base_fields[str(self.parameter_name)]
        return list(field.choices)

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> QuerySet[User]:
        """Keep who is meant; an answer that is none keeps everybody."""
        name = str(self.parameter_name)
        form = UserFilterForm({name: self.value() or ""})
        form.is_valid()
        if not form.cleaned_data.get(name):
            return queryset
        return queryset.filter(pk__in=select(form.cleaned_data).order_by().values("pk"))


class RoleFilter(PeopleFilter):
    """By the strongest role."""

    title = "role"
    parameter_name = "role"


class FactorFilter(PeopleFilter):
    """By whether there is a second factor."""

    title = "second factor"
    parameter_name = "factor"


class TeamFilter(PeopleFilter):
    """By team; of very many teams, the first by name."""

    title = "team"
    parameter_name = "team"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(team.pk, team.name) for team in Team.objects.all()[:MOST_TEAMS]]
