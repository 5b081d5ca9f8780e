"""What was done to a record, for its page."""

from typing import Any

from django import template
from django.db.models import Model
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import Change

register = template.Library()

NEWEST = 10


@register.inclusion_tag("accounts/_changes.html", takes_context=True)
def changes_of(context: template.Context, row: Model) -> dict[str, Any]:
    """Show the newest entries of the change log about `row`; all are in the admin."""
    entries = list(Change.objects.about(row)[: NEWEST + 1])
    user = context["request"].user
    where = {"model": row._meta.label_lower, "object_key": str(row.pk)}
    every = f"{reverse('admin:accounts_change_changelist')}?{urlencode(where)}"
    return {
        "entries": entries[:NEWEST],
        "has_more": len(entries) > NEWEST,
        "all_url": every if user.has_perm("accounts.view_change") else "",
        "in_admin": context.get("site_header") is not None,
    }
