"""The part of the API about people, below /api/v1/."""

from django.urls import path

from accounts.api import views

app_name = "accounts-api"
urlpatterns = [
    path("me/", views.Me.as_view(), name="me"),
    path("token/", views.SignIn.as_view(), name="token"),
    path("token/refresh/", views.Renew.as_view(), name="token-refresh"),
    path("token/blacklist/", views.SignOut.as_view(), name="token-blacklist"),
]
