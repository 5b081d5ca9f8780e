"""Checks of what is selected in the list of endpoints."""

from functools import partial

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import ngettext

from accounts.requests import person
from certs.admin.scope import own
from certs.models import Endpoint, Job, Reachability
from certs.services import patience, watch
from certs.services.work import jobs, selection
from certs.tasks.jobs import wake

FEW = 10  # endpoints that somebody waits for; more are a job


class CheckActions(admin.ModelAdmin[Endpoint]):
    """Two actions: the usual check, and the deep one, which is always a job."""

    @admin.action(description="Check now", permissions=["change"])
    def check_now(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> None:
        """Check the selected endpoints that the person may change."""
        few = list(own(request, queryset)[: FEW + 1])
        if len(few) > FEW:
            self._begin(request, queryset, Job.Kind.CHECK)
        else:
            self._check(request, few)

    @admin.action(description="Deep check", permissions=["change"])
    def deep_check(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> None:
        """Ask the selected endpoints for everything they offer, then check them."""
        self._begin(request, queryset, Job.Kind.DEEP_CHECK)

    def _begin(
        self, request: HttpRequest, queryset: QuerySet[Endpoint], kind: Job.Kind
    ) -> None:
        """Write down which endpoints a job is about, and lead to it."""
        rows = own(request, queryset).order_by()
        keys = list(rows.values_list("pk", flat=True)[: selection.MOST_KEYS + 1])
        if not keys:
            self.message_user(request, "You may check none of these.", messages.WARNING)
            return
        try:
            arguments = selection.of_keys(keys)
        except selection.TooManyError as error:
            text = f"{error} All of a list are checked from its page."
            self.message_user(request, text, messages.ERROR)
            return
        with transaction.atomic():
            job = jobs.ask(
                kind, user=person(request), arguments=arguments, now=timezone.now()
            )
            transaction.on_commit(partial(wake, str(job.pk)))
        text = ngettext(
            "%d endpoint is checked in the background.",
            "%d endpoints are checked in the background.",
            len(keys),
        )
        link = reverse("certs:job", args=[job.pk])
        told = format_html('{} <a href="{}">Watch</a>', text % len(keys), link)
        self.message_user(request, told, messages.SUCCESS)

    def _check(self, request: HttpRequest, chosen: list[Endpoint]) -> None:
        checked = list(watch.observe(chosen, now=timezone.now(), waits=patience.BRIEF))
        failed = sum(endpoint.status == Reachability.DOWN for endpoint in checked)
        text = ngettext(
            "%(count)d endpoint was checked, %(failed)d did not answer.",
            "%(count)d endpoints were checked, %(failed)d did not answer.",
            len(checked),
        ) % {"count": len(checked), "failed": failed}
        level = messages.WARNING if failed else messages.SUCCESS
        self.message_user(request, text, level)
