"""What we ask about the people of the site."""

from collections.abc import Iterable
from typing import Any, Self, TypeVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, UserManager
from django.db import models
from django.db.models import Prefetch, Q

from accounts.roles import Role

Row = TypeVar("Row", bound=models.Model)

# Recovery codes stand in for a second factor; alone they are none.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class UserQuerySet(models.QuerySet[Row]):
    """Keys first instead of joins, as MongoDB wants it: each table is read by itself.

    The keys are left to the database: as a sub-query, there is no limit to them.
    """

    def matching(self, term: str) -> Self:
        """People whose user name, name or mail address contains `term`."""
        return self.filter(
            Q(username__icontains=term)
            | Q(display_name__icontains=term)
            | Q(email__icontains=term)
        )

    def in_role(self, role: Role | None) -> Self:
        """People whose strongest role is `role`; those without one if it is None.

        Superusers count as administrators, as they are shown.
        """
        if role == Role.ADMINISTRATOR:
            return self.administrators()
        roles = list(Role)
        stronger = roles[roles.index(role) + 1 :] if role else roles
        rows = self.filter(is_superuser=False).exclude(pk__in=self._members(stronger))
        return rows.filter(pk__in=self._members([role])) if role else rows

    def in_team(self, team: models.Model) -> Self:
        """Members of `team`."""
        links = type(team)._meta.get_field("members").remote_field.through  # type: ignore[union-attr]  # of a many-to-many
        return self.filter(pk__in=links.objects.filter(team=team).values("user"))

    def administrators(self) -> Self:
        """People who may administer the site: by their role, or as superusers."""
        return self.filter(
            Q(is_superuser=True) | Q(pk__in=self._members([Role.ADMINISTRATOR]))
        )

    def with_second_factor(self, *, has_one: bool = True) -> Self:
        """People who have, or lack, an authenticator app or a passkey."""
        holders = Authenticator.objects.filter(type__in=FACTORS).values("user")
        if has_one:
            return self.filter(pk__in=holders)
        return self.exclude(pk__in=holders)

    def described(self) -> Self:
        """People with all that a list says of them: roles, teams, second factor."""
        factors = Authenticator.objects.filter(type__in=FACTORS).only("user", "type")
        return self.prefetch_related(
            "groups", "teams", Prefetch("authenticator_set", factors)
        )

    def _members(self, roles: Iterable[Role]) -> models.QuerySet[Any]:
        """Return the keys of who is in the groups of `roles`."""
        links: Any = self.model._meta.get_field("groups").remote_field.through  # type: ignore[union-attr]  # of a many-to-many
        groups = list(Group.objects.filter(name__in=roles).values_list("pk", flat=True))
        members: models.QuerySet[Any] = links.objects.filter(group__in=groups)
        return members.values("user")


class People(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]  # made at run time
    """Django's manager of users, with our questions."""

    use_in_migrations = False  # they want rows, not what the site does with them

    def known_as(self, name: str) -> Any:
        """Return who has this user name or mail address, None if nobody has.

        One query whoever it is. Case makes no difference, unless two user names differ
        by it alone. An address comes first: nobody takes another's as a user name.
        """
        name = name.strip()
        found = list(self.filter(Q(email=name) | Q(username__iexact=name)))
        for fits in (
            [user for user in found if user.email == name.lower()],
            [user for user in found if user.username == name],
            [user for user in found if user.username.lower() == name.lower()],
        ):
            if len(fits) == 1:
                return fits[0]
        return None

    def create_superuser(self, *args: Any, **kwargs: Any) -> Any:
        """Make a superuser; the address counts as confirmed, as the shell is theirs."""
        user = super().create_superuser(*args, **kwargs)
        if user.email:
            EmailAddress.objects.using(self.db).create(
                user=user, email=user.email, verified=True, primary=True
            )
        return user
