"""Our wiring as an app, and Django's own under the names that people know."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.apps import AuthConfig


class ProjectConfig(AppConfig):
    """The commands about the site as a whole."""

    name = "project"


class BackOfficeConfig(AdminConfig):
    """The admin, with our site."""

    default_site = "project.admin.BackOffice"


class AccessConfig(AuthConfig):
    """Groups and permissions."""

    verbose_name = "Access"
