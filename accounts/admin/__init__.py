"""People in the admin."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin

from accounts.admin.change import ChangeAdmin
from accounts.admin.person import PersonAdmin
from accounts.admin.role import RoleAdmin
from accounts.admin.team import TeamAdmin
from accounts.admin.token import ApiTokenAdmin

__all__ = ["ApiTokenAdmin", "ChangeAdmin", "PersonAdmin", "RoleAdmin", "TeamAdmin"]

# allauth's screens go past what our services do: they show session keys and tokens of
# providers, confirm addresses unseen, and add factors that nobody sealed.
admin.site.unregister(
    [
        Authenticator,
        EmailAddress,
        SocialAccount,
        SocialApp,
        SocialToken,
        UserSession,
    ]
)
