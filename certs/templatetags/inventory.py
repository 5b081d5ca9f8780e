"""Template tags and filters about endpoints and certificates."""

from contextlib import suppress
from datetime import datetime
from typing import Protocol

from django import template
from django.utils import formats, timezone

from certs.models import Endpoint, Health
from certs.pki.grading import CRITICAL_DAYS, EXPIRING_DAYS

register = template.Library()

STATUS_ICONS = {
    Health.EXPIRED: "x-octagon-fill",
    Health.PENDING: "clock-fill",
    Health.CRITICAL: "exclamation-octagon-fill",
    Health.MISNAMED: "patch-exclamation-fill",
    Health.UNTRUSTED: "shield-fill-x",
    Health.UNREACHABLE: "cloud-slash-fill",
    Health.EXPIRING: "exclamation-triangle-fill",
    Health.UNCHECKED: "dash-circle",
    Health.PAUSED: "pause-circle",
    Health.OK: "check-circle-fill",
}


class Watched(Protocol):
    """What has a state: an endpoint or an observation."""

    def health(self, now: datetime) -> Health:
        """Tell the state at a moment."""
        ...


@register.inclusion_tag("certs/_status.html")
def status_pill(health: Health) -> dict[str, Health]:
    """Show a state as shape, word and colour: the worse, the louder."""
    return {"health": health}


@register.inclusion_tag("certs/_grade.html")
def grade_box(grade: str) -> dict[str, str]:
    """Show a grade as a letter in a box, a dash without one."""
    return {"grade": grade, "letter": grade[:1]}


@register.filter
def status_icon(health: Health) -> str:
    """Name the icon that stands for a state."""
    return STATUS_ICONS[health]


@register.filter
def health(watched: Watched, now: datetime) -> Health:
    """Tell the state of an endpoint, or of a run of checks, in the viewer's zone."""
    return watched.health(timezone.localtime(now))


@register.filter
def grade(endpoint: Endpoint, now: datetime) -> str:
    """Tell the grade of an endpoint; empty without one."""
    return endpoint.grade_at(now)


@register.filter
def days_left(endpoint: Endpoint, now: datetime) -> int | None:
    """Count the calendar days until the certificate ends; None without one."""
    return endpoint.days_left(now)


@register.filter
def days_class(days: int | None) -> str:
    """Name the CSS class for a number of days left."""
    if days is None or days >= EXPIRING_DAYS:
        return ""
    return "days-crit" if days < CRITICAL_DAYS else "days-warn"


@register.filter
def moment(value: datetime | None) -> str:
    """Write a certificate's date and time in the viewer's zone."""
    return _formatted(value, "DATETIME_FORMAT")


@register.filter
def day(value: datetime | None) -> str:
    """Write a certificate's date in the viewer's zone."""
    return _formatted(value, "DATE_FORMAT")


@register.filter
def pairs(digits: str) -> str:
    """Write hexadecimal digits as other tools print them: `0A:1B:2C`."""
    even = digits.upper().zfill(len(digits) + len(digits) % 2)
    return ":".join(even[n : n + 2] for n in range(0, len(even), 2))


@register.filter
def host_parts(host: str) -> tuple[str, str]:
    """Part what people look for from the domain behind it; an IP is one part."""
    if host.startswith("[") or host.rpartition(".")[2].isdecimal():
        return host, ""
    first, dot, rest = host.partition(".")
    return first, dot + rest


def _formatted(value: datetime | None, format_name: str) -> str:
    if value is None:
        return ""
    # 9999-12-31T23:59:59Z means "no end" (RFC 5280, 4.1.2.5). It has no local time
    # where clocks are ahead of UTC.
    with suppress(OverflowError):
        value = timezone.localtime(value)
    return formats.date_format(value, format_name)
