"""One's own profile, and the people of the site; the door itself is allauth's."""

from django.urls import path

from accounts.views import profile, tokens, users

app_name = "accounts"
urlpatterns = [
    path("profile/", profile.profile, name="profile"),
    path("tokens/", tokens.token_list, name="tokens"),
    path("tokens/add/", tokens.add, name="token-add"),
    path("tokens/<uuid:pk>/revoke/", tokens.revoke, name="token-revoke"),
    path("users/", users.user_list, name="users"),
    path("users/add/", users.add, name="user-add"),
    path("users/<uuid:pk>/", users.edit, name="user-edit"),
    path("users/<uuid:pk>/active/", users.set_active, name="user-active"),
]
