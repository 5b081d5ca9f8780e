"""The app of people."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, teams and roles."""

    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        """Listen to sign-ins; events has models, which are not there before."""
        from accounts import events  # noqa: PLC0415 - as the line above says

        events.connect()
