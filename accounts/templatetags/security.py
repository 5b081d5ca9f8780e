"""What the pages about signing in say of the person."""

from django import template
from django.template import Context
from django.utils import timezone

from accounts import browsers
from accounts.models import User
from accounts.requests import person
from accounts.services import factors, sessions

register = template.Library()


@register.simple_tag(takes_context=True)
def second_factor(context: Context) -> factors.FactorState:
    """Tell what the person can sign in with besides the password."""
    return factors.state(person(context["request"]))


@register.simple_tag(takes_context=True)
def open_sessions(context: Context) -> int:
    """In how many places the person is signed in."""
    return sessions.open_count(person(context["request"]), now=timezone.now())


@register.simple_tag(takes_context=True)
def may_reset_factors(context: Context, other: User) -> bool:
    """Whether the person may take the factors of `other` away."""
    return factors.may_reset(person(context["request"]), other)


@register.filter
def browser(user_agent: str) -> str:
    """Say which browser on which system it is."""
    return browsers.describe(user_agent)
