"""The panel "Warnings" of an endpoint, made ready to print."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from certs.forms import AcknowledgeForm
from certs.models import Endpoint, Notice
from certs.services.notices import acknowledging, forecast, policies, recipients

TOLD = 10  # notices in the panel; all are on the page of warnings
NEXT = 5
AHEAD = timedelta(days=400)
ACKNOWLEDGE = "certs.add_acknowledgement"
LOOK = "certs.view_policy"


def context(endpoint: Endpoint, *, user: User, now: datetime) -> dict[str, Any]:
    """Return what the panel shows: why, whom, what was told and what comes."""
    by_key = policies.chosen([endpoint])
    chosen = by_key[endpoint.pk]
    told_to = recipients.of([endpoint], by_key)[endpoint.pk]
    told = Notice.objects.filter(endpoint=endpoint).order_by("-created_at", "-pk")
    notices = list(told.select_related("letter")[: TOLD + 1])
    said = acknowledging.in_force([endpoint.pk], now=now).get(endpoint.pk)
    may = may_acknowledge(endpoint, user=user)
    policy = chosen.policy
    latest = form = None
    if may and acknowledging.is_open(endpoint, now=now, policy=policy):
        latest = acknowledging.latest_until(endpoint, now=now, policy=policy)
    if latest is not None:
        form = AcknowledgeForm(now=now, latest=latest)
    return {
        "chosen": chosen,
        # There may be no default in the database.
        "has_policy_page": not policy._state.adding and user.has_perm(LOOK),
        "recipients": told_to,
        "notices": notices[:TOLD],
        "has_more_notices": len(notices) > TOLD,
        "coming": forecast.of_one(
            endpoint,
            chosen=chosen,
            told=told_to,
            now=now,
            until=now + AHEAD,
            limit=NEXT,
        ),
        "acknowledgement": said,
        "may_acknowledge": may,
        "latest_until": latest,
        "acknowledge_form": form,
    }


def may_acknowledge(endpoint: Endpoint, *, user: User) -> bool:
    """Whether somebody may speak for who looks after the endpoint."""
    return user.has_perm(ACKNOWLEDGE) and endpoint.is_changeable_by(user)
