"""What a deep check found: every protocol version, cipher suite and group."""

from django.db import models

from certs.models.endpoint import Endpoint


class DeepCheck(models.Model):
    """The last deep check of an endpoint; the next one takes its place.

    Evidence, which services.survey alone writes: what `pki.deep.DeepResult` says. The
    checks after it are graded with it.
    """

    endpoint = models.OneToOneField(
        Endpoint, models.CASCADE, primary_key=True, related_name="deep_check"
    )
    observed_at = models.DateTimeField("checked")
    result = models.JSONField(help_text="Protocols, cipher suites and groups.")

    class Meta:
        ordering = ["-observed_at"]
        default_permissions = ()  # who may see the endpoint may see this

    def __str__(self) -> str:
        return str(self.endpoint)
