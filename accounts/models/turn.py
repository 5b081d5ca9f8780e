"""Work that must not be done twice at the same time."""

from django.db import models
from django.db.models import F


class Turn(models.Model):
    """A row to write first, in the transaction that others have to wait for.

    PostgreSQL lets a second writer of the row wait for the first, SQLite that of any
    row; MongoDB undoes the second, which starts anew. All then see what the first did.
    """

    name = models.CharField(max_length=50, primary_key=True)
    number = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()  # nobody has to do with it

    def __str__(self) -> str:
        return self.name

    @classmethod
    def take(cls, name: str) -> None:
        """Wait for everybody else who took `name` to end their transaction.

        To be the first statement of the transaction.
        """
        # A write that changes nothing is none on MongoDB: hence a number.
        if not cls.objects.filter(pk=name).update(number=F("number") + 1):
            cls.objects.create(name=name, number=1)
