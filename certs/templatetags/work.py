"""What pages say of work in the background."""

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils import timezone

from accounts.requests import SignedInRequest
from certs.services.work import watchdog

register = template.Library()


@register.inclusion_tag("certs/_standstill.html", takes_context=True)
def standstill(context: Context) -> dict[str, Any]:
    """Warn the staff where duties are late; whoever opens a page makes it looked up."""
    request: SignedInRequest = context["request"]
    late = watchdog.look(now=timezone.now())
    if late is None or not request.user.is_staff:
        return {}
    may_see = request.user.has_perm("certs.view_duty")
    link = reverse("admin:certs_duty_changelist") if may_see else ""
    return {"late": late, "link": link}
