"""Checks of what is selected in the list of endpoints."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import ngettext

from certs.admin.scope import own
from certs.models import Endpoint, Reachability
from certs.services import patience, survey, watch

MOST_AT_ONCE = 100  # endpoints that one request may check
MOST_DEEP = 10  # and ask for everything, which takes seconds each


class CheckActions(admin.ModelAdmin[Endpoint]):
    """Two actions: the usual check, and the deep one."""

    @admin.action(description="Check now", permissions=["change"])
    def check_now(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> None:
        """Check the selected endpoints that the person may change."""
        chosen = self._few(request, queryset, most=MOST_AT_ONCE, instead="observe")
        if chosen is not None:
            self._check(request, chosen)

    @admin.action(description="Deep check", permissions=["change"])
    def deep_check(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> None:
        """Ask the selected endpoints for everything they offer, then check them."""
        chosen = self._few(request, queryset, most=MOST_DEEP, instead="observe --deep")
        if chosen is not None:
            list(survey.survey(chosen, now=timezone.now()))
            self._check(request, chosen)

    def _few(
        self,
        request: HttpRequest,
        queryset: QuerySet[Endpoint],
        *,
        most: int,
        instead: str,
    ) -> list[Endpoint] | None:
        """Return what the person may change of a selection, None if it is too large."""
        chosen = list(own(request, queryset)[: most + 1])
        if len(chosen) > most:
            text = f"At most {most} endpoints at once: use `manage.py {instead}`."
            self.message_user(request, text, messages.ERROR)
            return None
        return chosen

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
