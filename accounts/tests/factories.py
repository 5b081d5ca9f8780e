"""People, with only what matters said."""

import time
from contextvars import ContextVar
from functools import wraps
from itertools import count

from auditlog.context import disable_auditlog
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import Team, User
from accounts.services import addresses, tokens

PASSWORD = "correct horse battery staple"
_numbers = count(1)


# Whether the change log is told of what factories make: the fixture `noticed`.
told: ContextVar[bool] = ContextVar("told", default=False)


def unnoticed(make):
    """Keep what a test starts from out of the change log, unless that is tested."""

    @wraps(make)
    def made(*args, **fields):
        if told.get():
            return make(*args, **fields)
        with disable_auditlog():
            return make(*args, **fields)

    return made


@unnoticed
def make_team(name=None, **fields):
    name = name or f"Team {next(_numbers)}"
    slug = name.lower().replace(" ", "-")
    return Team.objects.create(name=name, slug=slug, **fields)


@unnoticed
def make_user(role=None, *, teams=(), **fields):
    number = next(_numbers)
    user = User.objects.create_user(
        **{
            "username": f"user{number}",
            "email": f"user{number}@example.org",
            "password": PASSWORD,
            "is_staff": role in {"Editor", "Administrator"},
            **fields,
        }
    )
    if role:
        user.groups.add(Group.objects.get(name=role))
    user.teams.set(teams)
    addresses.confirm(user)
    return user


def sign_in(client, user):
    """Sign in as who has just proved who they are, as sensitive changes ask."""
    client.force_login(user)
    session = client.session
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    session.save()


def make_token(user, *, now=None, **wish):
    """A token that may do everything for 90 days, unless `wish` says otherwise."""
    wanted = {"name": "Script", "days": 90, "is_read_only": False, "networks": []}
    return tokens.make(
        user, tokens.Wish(**{**wanted, **wish}), now=now or timezone.now()
    )
