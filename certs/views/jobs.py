"""Long work: asked for, watched, cancelled, and the files that come of it."""

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Team
from accounts.requests import SignedInRequest
from certs.forms import EndpointFilterForm
from certs.models import Job
from certs.services.work import exports, imports, jobs, progress, selection
from certs.tasks.jobs import wake

ROWS = 25


@require_safe
@permission_required("certs.view_job", raise_exception=True)
def job_list(request: SignedInRequest) -> HttpResponse:
    """One's own jobs, newest first; those of all for Administrators."""
    now = timezone.now()
    # Neither a list of keys nor what went wrong is shown of each.
    rows = jobs.visible_to(request.user).defer("arguments", "messages")
    paginator = Paginator(rows.select_related("user"), ROWS)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "now": now,
        "page": page,
        "pages": paginator.get_elided_page_range(page.number, on_ends=1),
        "rows": [(job, progress.of(job, now=now)) for job in page],
        "is_running": any(job.state in jobs.OPEN for job in page),
    }
    return _whole_or_part(request, "certs/job_list.html", "certs/_jobs.html", context)


@require_safe
@permission_required("certs.view_job", raise_exception=True)
def job_detail(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """How far a job is; only the part that changes for htmx."""
    now = timezone.now()
    job = _visible(request, pk)
    is_mine = job.user_id == request.user.pk
    context = {
        "now": now,
        "job": job,
        "progress": progress.of(job, now=now),
        "about": selection.in_words(job),
        "tally": imports.tally(job),
        "is_open": job.state in jobs.OPEN,
        "is_mine": is_mine,
        "has_file": bool(job.result) and exports.path(job.pk).exists(),
        "is_full": len(job.messages) >= Job.MESSAGES,
    }
    return _whole_or_part(request, "certs/job_detail.html", "certs/_job.html", context)


@require_POST
@permission_required("certs.view_job", raise_exception=True)
def cancel(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """End a job after its current step."""
    job = _visible(request, pk)
    if jobs.cancel(job, now=timezone.now()):
        messages.success(request, "It ends as soon as its current step is done.")
    else:
        messages.info(request, "It had ended already.")
    return redirect("certs:job", job.pk)


@require_safe
@permission_required("certs.view_endpoint", raise_exception=True)
def download(request: SignedInRequest, pk: UUID) -> FileResponse:
    """Return the file of an export to whoever asked for it."""
    job = get_object_or_404(Job, pk=pk, user=request.user, kind=Job.Kind.EXPORT)
    try:
        file = exports.path(job.pk).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    name = f"endpoints-{timezone.localtime(job.created_at):%Y-%m-%d}.csv"
    kind = "text/csv; charset=utf-8"
    return FileResponse(file, as_attachment=True, filename=name, content_type=kind)


@require_POST
@permission_required("certs.change_endpoint", raise_exception=True)
def check(request: SignedInRequest) -> HttpResponse:
    """Have endpoints checked: those ticked, or all that the list shows."""
    kind = Job.Kind.DEEP_CHECK if "deep" in request.POST else Job.Kind.CHECK
    if "chosen" not in request.POST:
        return begin(request, kind, selection.of_list(_asked(request)))
    keys = []
    for text in request.POST.getlist("endpoints"):
        with suppress(ValueError):
            keys.append(UUID(text))
    if not keys:
        messages.info(request, "No endpoint is selected.")
        query = request.GET.urlencode()
        return redirect(f"{reverse('certs:endpoints')}?{query}")
    return begin(request, kind, selection.of_keys(keys))


@require_POST
@permission_required("certs.view_endpoint", raise_exception=True)
def export(request: SignedInRequest) -> HttpResponse:
    """Have all that the list shows written into a file."""
    return begin(request, Job.Kind.EXPORT, selection.of_list(_asked(request)))


def begin(
    request: SignedInRequest, kind: Job.Kind, arguments: Mapping[str, Any]
) -> HttpResponse:
    """Write a job down, wake a worker up for it, and lead to its page."""
    with transaction.atomic():
        job = jobs.ask(kind, user=request.user, arguments=arguments, now=timezone.now())
        transaction.on_commit(partial(_tell_worker, request, job))
    return redirect("certs:job", job.pk)


def _tell_worker(request: HttpRequest, job: Job) -> None:
    if not wake(str(job.pk)):
        text = "No worker could be reached. It begins as soon as one looks for work."
        messages.warning(request, text)


def _visible(request: SignedInRequest, pk: UUID) -> Job:
    rows = jobs.visible_to(request.user).select_related("user")
    return get_object_or_404(rows, pk=pk)


def _asked(request: SignedInRequest) -> dict[str, Any]:
    form = EndpointFilterForm(
        request.GET, teams=list(Team.objects.all()), user=request.user
    )
    form.is_valid()
    return form.cleaned_data


def _whole_or_part(
    request: HttpRequest, whole: str, part: str, context: dict[str, Any]
) -> HttpResponse:
    response = render(
        request, part if "HX-Request" in request.headers else whole, context
    )
    patch_vary_headers(response, ["HX-Request"])
    return response
