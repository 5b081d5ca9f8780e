"""Template tags and filters that every page can use, the admin's pages too."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.requests import SignedInRequest

register = template.Library()

ICONS = Path(settings.BASE_DIR) / "static" / "vendor" / "icons"
# The vendored icons are made of paths alone: a test holds them to it.
PATH = re.compile(r'<path (?:fill-rule="(evenodd)" )?d="([^"]+)"/>')
MINUTE, HOUR, DAY = 60, 3600, 86_400  # seconds
# Label, URL name, permission without which the link is left out.
PAGES = (
    ("Dashboard", "certs:dashboard", "certs.view_endpoint"),
    ("Endpoints", "certs:endpoints", "certs.view_endpoint"),
    ("Warnings", "certs:warnings", "certs.view_notice"),
    ("Jobs", "certs:jobs", "certs.view_job"),
    ("Teams", "accounts:teams", "accounts.view_team"),
    ("Users", "accounts:users", "accounts.view_user"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A place in a menu."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A heading in a menu and the links below it."""

    label: str
    links: list[Link]


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """Show a vendored icon as SVG; without a `label` it is mere decoration."""
    meaning = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else format_html('aria-hidden="{}"', "true")
    )
    return format_html(
        '<svg class="icon {}" viewBox="0 0 16 16" width="1em" height="1em"'
        ' fill="currentColor" {}>{}</svg>',
        css,
        meaning,
        _paths(name),
    )


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """Write the page's query string with `changes`; what is empty is left out."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        parameters[name] = str(value)
    for name in [name for name, value in parameters.items() if not value]:
        del parameters[name]
    return f"?{parameters.urlencode()}"


@register.simple_tag
def version() -> str:
    """Tell the version of the program."""
    return settings.VERSION


@register.simple_tag(takes_context=True)
def main_nav(context: Context) -> list[Link]:
    """List the pages that the person may see."""
    request: SignedInRequest = context["request"]
    return [
        _link(request, label, reverse(name))
        for label, name, permission in PAGES
        if request.user.has_perm(permission)
    ]


@register.simple_tag(takes_context=True)
def records_nav(context: Context) -> list[Group]:
    """List the admin's screens that the person may see; none without access."""
    request: HttpRequest = context["request"]
    if not admin.site.has_permission(request):
        return []
    return [
        Group(label=app["name"], links=_screens(request, app["models"]))
        for app in admin.site.get_app_list(request)
    ]


@register.filter
def ago(moment: datetime, now: datetime) -> str:
    """Tell how long ago it was, in a unit that fits: `3 min ago`."""
    seconds = max(int((now - moment).total_seconds()), 0)
    if seconds < MINUTE:
        return "just now"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min ago"
    if seconds < 2 * DAY:
        return f"{seconds // HOUR} h ago"
    return f"{seconds // DAY} d ago"


@cache
def _paths(name: str) -> SafeString:
    svg = (ICONS / f"{name}.svg").read_text()
    return format_html_join(
        "",
        '<path fill-rule="{}" d="{}"/>',
        ((r or "nonzero", d) for r, d in PATH.findall(svg)),
    )


def _screens(request: HttpRequest, models: list[dict[str, Any]]) -> list[Link]:
    return [
        _link(request, str(model["name"]), model["admin_url"])
        for model in models
        if model["admin_url"]  # None for people who may add, but not look
    ]


def _link(request: HttpRequest, label: str, url: str) -> Link:
    """Make a link that is current on its page and, but for the first, below it."""
    path = request.path
    is_current = path == url if url == "/" else path.startswith(url)
    return Link(label=label, url=url, is_current=is_current)
