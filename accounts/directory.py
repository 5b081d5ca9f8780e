"""Who comes in by LDAP. Imported only where LDAP_URL is set: its packages are extra."""

import logging
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django_auth_ldap.backend import LDAPBackend

from accounts.models import User
from accounts.services import addresses, membership

logger = logging.getLogger(__name__)


class DirectoryBackend(LDAPBackend):
    """Asks the directory for the password, and for names, address and groups.

    Such an account has no password here, so that leaving the company ends it. Rights
    come from roles alone.
    """

    def get_user(self, user_id: Any) -> User | None:
        """Return whose session it is, unless they were deactivated since."""
        user: User | None = User.objects.filter(pk=user_id, is_active=True).first()
        return user

    def get_or_build_user(self, username: str, ldap_user: Any) -> tuple[User, bool]:
        """Return the account of an entry whose password was right, made if need be."""
        name = _first(ldap_user, settings.LDAP_USER_NAME)
        # The directory is asked first: no network while a transaction is open.
        groups = ldap_user.group_names if self.settings.GROUP_SEARCH else ()
        try:
            user = _account(name, _first(ldap_user, settings.LDAP_MAIL))
            if user._state.adding:
                user.display_name = _first(ldap_user, settings.LDAP_NAME)[:100]
            if user.is_active:
                _save(user, groups)
        except RefusedError as error:
            logger.warning("%s of the directory is not let in: %s", name, error)
            raise ldap_user.AuthenticationFailed(str(error)) from error
        return user, False


class RefusedError(Exception):
    """The directory knows somebody whom we do not let in."""


def _account(name: str, email: str) -> User:
    """Return the account with this user name, saved or not, with this address.

    Raises RefusedError: an account that has a password here belongs to who knows it,
    not to whom the directory calls the same.
    """
    user: User | None = User.objects.filter(username__iexact=name).first()
    if user is None:
        user = User(username=name)
        user.set_unusable_password()
    elif user.has_usable_password() and not settings.LDAP_LINK:
        raise RefusedError("a local account has this user name")
    email = email.strip().lower()
    if User.objects.filter(email=email).exclude(pk=user.pk).exists():
        raise RefusedError("another account has this mail address")
    user.email = email
    return user


def _save(user: User, groups: Collection[str]) -> None:
    try:
        user.full_clean(exclude=["password"])
        with transaction.atomic():
            if user._state.adding:
                user.save()
            else:
                user.save(update_fields=["email"])
            addresses.confirm(user)
            membership.follow(user, groups, mapping=settings.LDAP_MAPPING)
    except ValidationError as error:
        raise RefusedError("; ".join(error.messages)) from error
    except IntegrityError as error:
        raise RefusedError("somebody else has got the name meanwhile") from error
    except membership.NotEntitledError as error:
        raise RefusedError("no group lets them in") from error


def _first(ldap_user: Any, attribute: str) -> str:
    values = (ldap_user.attrs or {}).get(attribute) or [""]
    return str(values[0])
