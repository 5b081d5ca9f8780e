"""One's own profile, and the people of the site; the door itself is allauth's."""

from django.urls import path

from accounts.views import invitations, profile, security, users

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
    path("users/", users.user_list, name="users"),
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
]
