"""The three roles: names of Django permission groups, made by a migration."""

from django.db import models


class Role(models.TextChoices):
    """What a person may do; a migration gives each group its rights."""

    VIEWER = "Viewer", "Viewer: sees everything, changes nothing"
    EDITOR = "Editor", "Editor: changes what their teams look after"
    ADMINISTRATOR = "Administrator", "Administrator: changes everything"
