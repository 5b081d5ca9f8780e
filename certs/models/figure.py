"""What was counted of a large inventory, and when."""

from django.db import models


class Figure(models.Model):
    """Numbers of all endpoints that pages of a large inventory show as they are.

    Counts of facts, which are true of the moment in `counted_at`. services.figures
    alone writes them, each as a whole.
    """

    class Kind(models.IntegerChoices):
        ISSUERS = 1, "Endpoints of each issuer"
        ENDS = 2, "Certificates that end in each quarter of an hour"

    kind = models.PositiveSmallIntegerField(primary_key=True, choices=Kind)
    claimed_at = models.DateTimeField(null=True)  # by who counts, when it began
    counted_at = models.DateTimeField(null=True)
    numbers = models.JSONField(default=dict)

    class Meta:
        ordering = ["kind"]
        default_permissions = ()  # everybody who sees the dashboard sees them

    def __str__(self) -> str:
        return self.Kind(self.kind).label
