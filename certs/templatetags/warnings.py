"""Template tags and filters about warnings."""

import re

from django import template

from certs.models import Notice

register = template.Library()

_DAYS = re.compile(r"([0-9]+)d")
_PART = re.compile(r"([0-9]+/[0-9]+)")
_ENDED = re.compile(r"ended\+([0-9]+)")

STATE_LOOKS = {
    Notice.State.WAITING: ("st-expiring", "clock-fill"),
    Notice.State.SENT: ("st-ok", "check-circle-fill"),
    Notice.State.SUPERSEDED: ("st-paused", "dash-circle"),
    Notice.State.CLOSED: ("st-paused", "dash-circle"),
}


@register.filter
def step_words(told: object) -> str:
    """Say in words what a warning, told or coming, is about."""
    step, kind = str(getattr(told, "step", "")), str(getattr(told, "kind", ""))
    if match := _DAYS.fullmatch(step):
        days = int(match[1])
        if not days:
            return "The day it ends"
        return f"{days} {'day' if days == 1 else 'days'} before the end"
    if match := _PART.fullmatch(step):
        return f"{match[1]} of the lifetime left"
    if match := _ENDED.fullmatch(step):
        days = int(match[1])
        return f"{days} {'day' if days == 1 else 'days'} after the end"
    return Notice.Kind(kind).label if kind in Notice.Kind.values else step


@register.inclusion_tag("certs/warnings/_state.html")
def notice_state(notice: Notice) -> dict[str, object]:
    """Show how far a warning is: shape, word and colour."""
    css, icon = STATE_LOOKS[Notice.State(notice.state)]
    letter = notice.letter
    is_failing = letter is not None and letter.state == letter.State.FAILED
    if is_failing:
        css, icon = "st-expired", "x-octagon-fill"
    return {"notice": notice, "css": css, "icon": icon, "is_failing": is_failing}
