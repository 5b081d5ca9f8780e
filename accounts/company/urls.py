"""Where the company's sign-in begins and ends; allauth mounts this."""

from django.urls import path

from accounts.company import views

urlpatterns = [
    path("company/login/", views.login, name="company_login"),
    path("company/login/callback/", views.callback, name="company_callback"),
]
