"""One's own profile, and the people of the site; the door itself is allauth's."""

from django.urls import path

from accounts.views import (
    enrolment,
    invitations,
    profile,
    security,
    teams,
    tokens,
    users,
)

app_name = "accounts"
urlpatterns = [
    path("profile/", profile.profile, name="profile"),
    path("time-zone/", profile.detect_time_zone, name="time-zone"),
    path("sessions/<int:pk>/end/", security.end_session, name="session-end"),
    # Before allauth's own page at the same address.
    path(
        "2fa/webauthn/keys/<int:pk>/remove/",
        security.RemovePasskeyView.as_view(),
        name="passkey-remove",
    ),
    path("tokens/", tokens.token_list, name="tokens"),
    path("tokens/add/", tokens.add, name="token-add"),
    path("tokens/<uuid:pk>/revoke/", tokens.revoke, name="token-revoke"),
    path("users/", users.user_list, name="users"),
    path("users/export.csv", users.export, name="users-export"),
    path("users/import/", enrolment.upload, name="users-import"),
    path("users/template.csv", enrolment.template, name="users-template"),
    path("users/change/", users.change_many, name="users-change"),
    path("users/suggest/", users.suggest, name="users-suggest"),
    path("users/add/", users.add, name="user-add"),
    path("users/<uuid:pk>/", users.edit, name="user-edit"),
    path("users/<uuid:pk>/active/", users.set_active, name="user-active"),
    path(
        "users/<uuid:pk>/second-factor/remove/",
        security.reset_factors,
        name="user-factors-reset",
    ),
    path("invitations/", invitations.invitation_list, name="invitations"),
    path("invitations/add/", invitations.invite, name="invitation-add"),
    path("invitations/<uuid:pk>/resend/", invitations.resend, name="invitation-resend"),
    path(
        "invitations/<uuid:pk>/withdraw/",
        invitations.withdraw,
        name="invitation-withdraw",
    ),
    path(
        "invitations/<str:token>/",
        invitations.AcceptView.as_view(),
        name="invitation-accept",
    ),
    path("users/<uuid:pk>/reset/", users.send_reset, name="user-reset"),
    path("teams/", teams.team_list, name="teams"),
    path("teams/add/", teams.add, name="team-add"),
    path("teams/<uuid:pk>/", teams.edit, name="team-edit"),
    path("teams/<uuid:pk>/delete/", teams.delete, name="team-delete"),
    path("teams/<uuid:pk>/members/", teams.add_member, name="team-member-add"),
    path(
        "teams/<uuid:pk>/members/<uuid:user>/remove/",
        teams.remove_member,
        name="team-member-remove",
    ),
]
