"""What was seen, in runs of equal results."""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest

from accounts.identifiers import uuid7
from certs.models.certificate import Certificate
from certs.models.endpoint import Endpoint
from certs.models.fields import LinesField
from certs.models.health import Health, of_served
from certs.models.search import MANY, EndpointText


class ObservationQuerySet(models.QuerySet["Observation"]):
    """The questions we ask about what was seen."""

    # As of endpoints (Questions.is_many).
    is_many = False

    def of_endpoints_with(self, term: str) -> Self:
        """Return runs of endpoints that have `term` in their words."""
        found = EndpointText.objects.having(term, of="endpoint")
        rows = self.filter(found.condition)
        if found.is_many:  # of endpoints; the first of them may have as many runs
            some = self.filter(endpoint__in=found.some[: MANY + 1]).order_by()
            rows.is_many = some[: MANY + 1].count() > MANY
        return rows

    def newest_first(self) -> Self:
        """Return runs in the order in which people read a history."""
        return self.order_by("-last_seen_at", "-first_seen_at", "-id")

    def ended_before(self, moment: datetime) -> Self:
        """Return closed runs last seen before `moment`; never an address's open run."""
        return self.filter(is_latest=False, last_seen_at__lt=moment)

    def latest_of(
        self, endpoints: list[Endpoint]
    ) -> dict[UUID, dict[str, "Observation"]]:
        """Return the open runs of each endpoint by address."""
        found: dict[UUID, dict[str, Observation]] = {}
        keys = [endpoint.pk for endpoint in endpoints]  # read quicker than instances
        for row in self.filter(endpoint__in=keys, is_latest=True):
            found.setdefault(row.endpoint_id, {})[row.address] = row
        return found

    def see_again(self, now: datetime) -> None:
        """Count one more check, made at `now`.

        A run seen at this very moment has this check already: it is written a second
        time. Two checks may finish in the other order than they began.
        """
        again = self.exclude(last_seen_at=now)
        again.update(count=F("count") + 1, last_seen_at=Greatest("last_seen_at", now))


class Observation(models.Model):
    """One run of equal results of the checks of an endpoint at one address.

    A check with the same outcome extends the latest run: history grows with change,
    not with checks. Rows are evidence; only services.history writes them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="observations")
    address = models.CharField(
        max_length=45, blank=True, help_text="Where it was seen; empty if nowhere."
    )
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    count = models.PositiveIntegerField("checks", default=1)
    is_latest = models.BooleanField("latest", default=True)

    certificate = models.ForeignKey(
        Certificate, models.SET_NULL, null=True, blank=True, related_name="observations"
    )
    chain = LinesField(
        blank=True, help_text="SHA-256 fingerprints as served, leaf first."
    )
    tls_version = models.CharField("TLS version", max_length=20, blank=True)
    cipher = models.CharField(max_length=100, blank=True)
    key_exchange = models.CharField(max_length=40, blank=True)
    latency_ms = models.PositiveIntegerField("latency in ms", null=True, blank=True)
    error_code = models.CharField(max_length=30, blank=True)
    error_text = models.CharField(max_length=500, blank=True)
    name_matches = models.BooleanField(null=True)
    is_trusted = models.BooleanField("trusted", null=True)
    verdicts = models.JSONField(
        default=list, blank=True, help_text="What each trust store says of the chain."
    )
    grade = models.CharField(max_length=2, blank=True)
    findings = models.JSONField(
        default=list, blank=True, help_text="Codes, and what their sentences name."
    )

    # What it was judged by, and until when that holds: an equal result is not judged
    # again before.
    judged_by = models.CharField(max_length=16, blank=True, editable=False)
    judged_until = models.DateTimeField(null=True, editable=False)

    objects = ObservationQuerySet.as_manager()

    class Meta:
        ordering = ["-last_seen_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "address", "first_seen_at"], name="observation_once"
            ),
            models.CheckConstraint(
                name="observation_first_lte_last",
                condition=Q(first_seen_at__lte=F("last_seen_at")),
            ),
        ]
        # A failed run, or the latest of its address, is never far in the order of time:
        # those two filters of the admin have no index.
        indexes = [
            models.Index(fields=["-last_seen_at", "-id"], name="observation_by_time"),
            models.Index(
                fields=["tls_version", "-last_seen_at", "-id"],
                name="observation_by_version",
            ),
            models.Index(
                fields=["endpoint", "-last_seen_at"], name="observation_by_endpoint"
            ),
            models.Index(fields=["endpoint", "is_latest"], name="observation_latest"),
            models.Index(fields=["is_latest", "last_seen_at"], name="observation_age"),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint}, {self.count} ×"

    def health(self, now: datetime) -> Health:
        """Return the state that this run meant at `now`."""
        if self.error_code or self.certificate is None:
            return Health.UNREACHABLE
        return of_served(
            self.certificate.not_before,
            self.certificate.not_after,
            name_matches=bool(self.name_matches),
            is_trusted=bool(self.is_trusted),
            now=now,
        )

    def chain_certificates(self) -> list[Certificate]:
        """Return the certificates of the chain as served, leaf first."""
        stored = Certificate.objects.defer("der").in_bulk(
            list(self.chain), field_name="fingerprint_sha256"
        )
        return [
            stored[fingerprint] for fingerprint in self.chain if fingerprint in stored
        ]
