"""The app of people."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, teams and roles."""

    name = "accounts"
    verbose_name = "People"
