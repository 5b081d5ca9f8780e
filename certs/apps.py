"""The app of certificates and endpoints."""

from django.apps import AppConfig


class CertsConfig(AppConfig):
    """The inventory and its checks."""

    name = "certs"
    verbose_name = "Inventory"
