"""To the provider and back."""

from typing import Any

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.decorators import rate_limit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import (
    OAuth2CallbackView,
    OAuth2LoginView,
)
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.company.provider import CompanyClient

PROVIDER = "company"


class _Callback(OAuth2CallbackView):
    """Keeps the nonce of the question beside its state, for the answer."""

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, response = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")
        return state, response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_not_required
@rate_limit(action="company_sign_in")  # type: ignore[untyped-decorator]  # allauth has no types
def login(request: HttpRequest) -> HttpResponse:
    """Ask by GET; by POST, lead to the provider.

    By a page that leads on, not by a redirect: `form-action` of our policy holds for
    redirects too, and a provider may send a person on to others.
    """
    response = _converse(OAuth2LoginView, request)
    target = response.headers.get("Location", "")
    if not target.startswith(("http://", "https://")):
        return response
    name = get_adapter().get_provider(request, PROVIDER).name
    context = {"target": target, "name": name}
    return render(request, "socialaccount/leading_on.html", context)


@require_safe
@never_cache
@login_not_required
def callback(request: HttpRequest) -> HttpResponse:
    """Let in whom the provider names, or say why not."""
    return _converse(_Callback, request)


def _converse(view: Any, request: HttpRequest) -> HttpResponse:
    client = CompanyClient(request, PROVIDER)
    try:
        provider = client.get_provider()
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    try:
        response: HttpResponse = view.adapter_view(client)(request)
    except (requests.RequestException, OAuth2Error) as error:
        # Before allauth's own net: the provider did not even say where to go.
        return _refused(request, provider, error)
    return response


def _refused(request: HttpRequest, provider: Any, error: Exception) -> HttpResponse:
    try:
        response: HttpResponse = render_authentication_error(
            request, provider, exception=error
        )
    except ImmediateHttpResponse as answer:
        response = answer.response
    return response
