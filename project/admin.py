"""The admin site: the staff's workshop, in the look of the pages."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator


class BackOffice(admin.AdminSite):
    """Django's admin behind the one sign-in of the pages."""

    site_title = "Certdesk"
    site_header = "Certdesk"
    index_title = "Records"
    enable_nav_sidebar = False  # the navigation bar's Records menu replaces it

    @method_decorator(login_not_required)
    def login(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Send to the site's sign-in, and back to the page that was asked for.

        Raises PermissionDenied for a person who is signed in and no member of staff.
        """
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def password_change(  # type: ignore[override]  # a redirect, as the stubs forgot
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Send to the site's own page, which tells the person and ends sessions."""
        return redirect("account_change_password")
