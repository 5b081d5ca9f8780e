"""Signing in and out, one's own profile, and the people of the site."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts.views import profile, sign_in, users

app_name = "accounts"
urlpatterns = [
    path("sign-in/", sign_in.SignInView.as_view(), name="login"),
    path("sign-out/", LogoutView.as_view(), name="logout"),
    path("profile/", profile.profile, name="profile"),
    path("password/", profile.PasswordView.as_view(), name="password"),
    path("users/", users.user_list, name="users"),
    path("users/add/", users.add, name="user-add"),
    path("users/<uuid:pk>/", users.edit, name="user-edit"),
    path("users/<uuid:pk>/active/", users.set_active, name="user-active"),
]
