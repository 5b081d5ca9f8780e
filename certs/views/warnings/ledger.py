"""The page "Warnings": who was told what, the newest first."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from certs.forms import LedgerFilterForm
from certs.models import Endpoint, Notice
from certs.models.counting import Count, bounded, size
from certs.models.notice import MOST, NoticeQuerySet
from certs.views import paging

ROWS = 50
FEW = 1000  # rows of a selection that are counted


@require_safe
@permission_required("certs.view_notice", raise_exception=True)
def notices(request: SignedInRequest) -> HttpResponse:
    """Return the ledger: searched by endpoint or recipient, filtered by state."""
    form = LedgerFilterForm(request.GET)
    form.is_valid()
    asked = form.cleaned_data
    rows = _found(asked)
    part = paging.Part(rows=rows, column=_column(asked), falls=True)
    page = paging.page(
        request.GET.get("page", ""), [part], size=ROWS, count=_count(rows)
    )
    context = {
        "asked": asked,
        "page": page,
        "states": Notice.State.choices,
        "is_cut": rows.is_cut,
        "most": MOST,
        "endpoint": _endpoint(asked.get("endpoint")),
        "is_empty": not page.object_list and not rows.query.where,
    }
    return render(request, "certs/warnings/ledger.html", context)


def _endpoint(key: UUID | None) -> Endpoint | None:
    return Endpoint.objects.filter(pk=key).first() if key else None


def _found(asked: dict[str, Any]) -> NoticeQuerySet:
    """Return what was asked for."""
    rows = Notice.objects.prefetch_related("endpoint", "letter")
    if asked.get("state"):
        rows = rows.filter(state=asked["state"])
    if asked.get("endpoint"):
        rows = rows.filter(endpoint=asked["endpoint"])
    term = (asked.get("q") or "").strip()
    return rows.matching(term) if term else rows


def _column(asked: dict[str, Any]) -> str:
    """Return what the rows are sorted by: what an index has."""
    return "due_at" if asked.get("state") else "created_at"


def _count(rows: QuerySet[Notice]) -> Count:
    return bounded(rows, bound=FEW) if rows.query.where else size(Notice)
