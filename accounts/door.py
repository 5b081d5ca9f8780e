"""Who comes in: our answers to what allauth asks about accounts."""

import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import events
from accounts.limits import too_many
from accounts.models import User
from accounts.requests import address
from accounts.services import letters

LOCKED = 5 * 60  # seconds; as "login_failed" in ACCOUNT_RATE_LIMITS
MISMATCH = "That name and password do not match. Capital letters count."


class Door(DefaultAccountAdapter):
    """Accounts are given by administrators, unless registration is open."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # One sentence, for whatever was typed and whatever is wrong with it.
        "username_password_mismatch": MISMATCH,
        "email_password_mismatch": MISMATCH,
        "duplicate_email": "This is your mail address already.",
        "email_taken": "This mail address belongs to another account.",
        "enter_current_password": "This is not your current password.",
        "incorrect_password": "This is not your password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether a stranger may register."""
        return bool(settings.REGISTRATION_OPEN)

    # --- where people are sent ---

    def is_safe_url(self, url: str | None) -> bool:
        """Whether to send somebody to `url`: to paths of this site, nowhere else."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:profile")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        name = (
            "account_email" if self.request.user.is_authenticated else "account_login"
        )
        return reverse(name)

    def logout(self, request: HttpRequest) -> None:
        """Sign out, but never by a link.

        allauth does where a link from a mail is for another account than the one that
        is signed in. Here people are asked first.
        """
        if request.method in {"GET", "HEAD"}:
            messages.warning(
                request,
                f"That link is for another account, and you are {request.user}. "
                "Sign out, then open the link again.",
            )
            raise ImmediateHttpResponse(redirect("account_logout"))
        super().logout(request)

    # --- how often they may try ---

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that the change log has; nobody is let in without one."""
        said = address(request)
        if not said:
            raise PermissionDenied
        return said

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try; raises ImmediateHttpResponse when there were too many.

        The change log has it once for as long as the door stays shut: whoever goes on
        trying fills no disk.
        """
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            asked = self._get_login_attempts_cache_key(request, **credentials)
            mark = hashlib.sha256(asked.encode()).hexdigest()
            if cache.add(f"shut:{mark}", 1, LOCKED):
                events.refused(credentials, reason="too many tries")
            answer = too_many(request, retry_after=LOCKED)
            raise ImmediateHttpResponse(answer) from error

    def _get_login_attempts_cache_key(
        self, request: HttpRequest, **credentials: Any
    ) -> str:
        """Count by who is asked for alone.

        allauth adds the Host header, which gives new tries for each name that a
        wildcard in ALLOWED_HOSTS lets through.
        """
        return str(credentials.get("email") or credentials.get("username", "")).lower()

    # --- what they are written ---

    def get_reset_password_from_key_url(self, key: str) -> str:
        uid, _, token = key.partition("-")
        return _at_home("account_reset_password_from_key", uidb36=uid, key=token)

    def get_email_confirmation_url(
        self, request: HttpRequest, emailconfirmation: Any
    ) -> str:
        return _at_home("account_confirm_email", key=emailconfirmation.key)

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell the owner of an account that somebody registers with their address."""
        context = {"password_reset_url": _at_home("account_reset_password")}
        self.send_mail("account/email/account_already_exists", email, context)

    def send_mail(
        self, template_prefix: str, email: str, context: dict[str, Any]
    ) -> None:
        letters.post(self.render_mail(template_prefix, email, context))

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """Return a mail as text and, made of it, as HTML."""
        message: EmailMultiAlternatives = super().render_mail(
            template_prefix,
            email,
            {"email": email, **context, "site": settings.DEFAULT_HOST},
            {"Auto-Submitted": "auto-generated", **(headers or {})},
        )
        body = letters.as_html(str(message.body))
        page = render_to_string(
            "account/email/page.html", {"subject": message.subject, "body": body}
        )
        message.attach_alternative(page, "text/html")
        return message

    # --- which address is theirs ---

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """Whether it waits to be confirmed; every account keeps an address."""
        return not email_address.primary

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Take the new address for the person's, unless it has become another's."""
        taken = User.objects.filter(email=email_address.email).exclude(
            pk=email_address.user_id
        )
        if taken.exists():
            self.add_message(
                request,
                messages.ERROR,
                "account/messages/email_confirmation_failed.txt",
                {"email": email_address.email},
            )
            return False
        with transaction.atomic():
            return bool(super().confirm_email(request, email_address))


def _at_home(name: str, **arguments: str) -> str:
    """Return the address of a page, by the setting and never by the Host header."""
    return f"{settings.DEFAULT_HOST}{reverse(name, kwargs=arguments)}"
