"""What a deep check found: every protocol version, cipher suite and group."""

from django.db import models

from certs.models.endpoint import Endpoint


class DeepCheck(models.Model):
    """The last deep check of an endpoint; the next one takes its place.

    It is evidence: services.survey alone writes it.
    """

    endpoint = models.OneToOneField(
        Endpoint, models.CASCADE, primary_key=True, related_name="deep_check"
    )
    observed_at = models.DateTimeField("checked")
    address = models.CharField(max_length=45, blank=True)
    result = models.JSONField(default=dict, help_text="What the server offers.")
    grade = models.CharField(max_length=2, blank=True)
    reasons = models.JSONField(default=list, help_text="Why this grade, in sentences.")
    error_code = models.CharField(max_length=30, blank=True)
    error_text = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-observed_at"]

    def __str__(self) -> str:
        return str(self.endpoint)
