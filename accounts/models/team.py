"""The teams that look after endpoints."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from accounts.fields import LowerCaseEmailField
from accounts.identifiers import uuid7


class Team(models.Model):
    """People who look after the same endpoints."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    email = LowerCaseEmailField("e-mail address", blank=True)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="teams", blank=True
    )

    class Meta:
        ordering = ["name"]
        permissions = [("act_for_every_team", "Can act for every team")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("accounts:team-edit", args=[self.pk])
