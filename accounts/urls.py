"""One's own profile, and the people of the site; the door itself is allauth's."""

from django.urls import path

from accounts.views import invitations, profile, users

app_name = "accounts"
urlpatterns = [
    path("profile/", profile.profile, name="profile"),
    path("users/", users.user_list, name="users"),
    path("users/add/", users.add, name="user-add"),
    path("users/<uuid:pk>/", users.edit, name="user-edit"),
    path("users/<uuid:pk>/active/", users.set_active, name="user-active"),
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
