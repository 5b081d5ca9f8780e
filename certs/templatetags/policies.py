"""Which policy warns of what, for the pages of policies and teams."""

from typing import Any

from django import template

from accounts.models import Team
from certs.forms import TeamPolicyForm
from certs.models import TeamPolicy
from certs.pki.findings import Severity

register = template.Library()

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@register.inclusion_tag("certs/_team_policy.html", takes_context=True)
def team_policy(context: template.Context, team: Team) -> dict[str, Any]:
    """Show the policy of a team, to be chosen by who may."""
    row = TeamPolicy.objects.select_related("policy").filter(team=team).first()
    policy = row.policy if row else None
    form = TeamPolicyForm(initial={"policy": policy})
    form.fields["policy"].widget.attrs["class"] = "form-select"
    return {
        "team": team,
        "policy": policy,
        "form": form,
        "perms": context["perms"],
        "csrf_token": context["csrf_token"],
    }


@register.filter
def weekday_names(days: tuple[int, ...]) -> str:
    """Name weekdays: Mon, Tue; or every day."""
    return "every day" if len(days) == len(DAYS) else ", ".join(DAYS[d] for d in days)


@register.filter
def severity_words(code: str) -> str:
    """Say from which severity on findings are told."""
    return code if code == Severity.CRITICAL else f"{code} or worse"
