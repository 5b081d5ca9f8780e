"""Django's own apps under the names that people know them by."""

from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.apps import AuthConfig


class BackOfficeConfig(AdminConfig):
    """The admin, with our site."""

    default_site = "project.admin.BackOffice"


class AccessConfig(AuthConfig):
    """Groups and permissions."""

    verbose_name = "Access"
