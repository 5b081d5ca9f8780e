"""One's own profile, and the people of the site; the door itself is allauth's."""

from django.urls import path

from accounts.views import profile, users

app_name = "accounts"
urlpatterns = [
    path("profile/", profile.profile, name="profile"),
    path("time-zone/", profile.detect_time_zone, name="time-zone"),
    path("users/", users.user_list, name="users"),
    path("users/add/", users.add, name="user-add"),
    path("users/<uuid:pk>/", users.edit, name="user-edit"),
    path("users/<uuid:pk>/active/", users.set_active, name="user-active"),
]
