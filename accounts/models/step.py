"""Which one-time passwords have been used up."""

from django.db import models

from accounts.identifiers import uuid7
from accounts.models.user import User


class LastStep(models.Model):
    """The newest time step of which a person's one-time password was taken.

    A row of its own, because a form that saves a person would write an old step back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    step = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.step}"
