"""Which ways in the page of the door offers; the settings know."""

from dataclasses import dataclass

from django import template
from django.conf import settings

register = template.Library()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What can be offered to somebody whom nobody knows yet."""

    has_form: bool  # somebody answers for passwords: this site or a directory
    has_passwords: bool  # that are this site's own, and can be chosen anew
    is_open: bool  # to who has no account
    company: str  # what its sign-in is called, empty without one


@register.simple_tag
def ways_in() -> Ways:
    """Tell which ways in there are; no question to the database."""
    companies = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return Ways(
        has_form=settings.LOCAL_PASSWORDS or bool(settings.LDAP_USER_NAME),
        has_passwords=settings.LOCAL_PASSWORDS,
        is_open=settings.REGISTRATION_OPEN,
        company=companies[0]["name"] if companies else "",
    )
