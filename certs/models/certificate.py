"""What endpoints serve."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.identifiers import uuid7
from certs.models.fields import LinesField
from certs.models.search import CertificateText
from certs.pki.x509 import ParsedCertificate

SERIAL_DIGITS = 128  # RFC 5280, 4.1.2.2 allows 40
ALGORITHM_LETTERS = 64
HEX = frozenset("0123456789abcdef")
FEWEST_DIGITS = 4


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """The questions we ask about certificates."""

    def current(self, now: datetime) -> Self:
        """Certificates valid at `now`, both ends included (RFC 5280, 4.1.2.5)."""
        return self.filter(not_before__lte=now, not_after__gte=now)

    def authorities(self) -> Self:
        """CAs, the one that was seen last first."""
        # Not is_ca=True: SQLite looks up no index for that (DECISIONS.md 33).
        return self.filter(is_ca__in=(True,)).order_by("-id")

    def matching(self, term: str) -> Self:
        """Certificates with `term` in a name, the issuer, the serial or a fingerprint.

        Numbers may be typed with colons or spaces, as other tools print them.
        """
        named = CertificateText.objects.having(term).condition
        return self.filter(named | numbered(term))


def numbered(term: str) -> Q:
    """Condition: serial number or fingerprint begins with `term`.

    None does if that is no hexadecimal number of four digits or more: fewer are shared
    by many, and say nothing.
    """
    number = term.replace(":", "").replace(" ", "").lower()
    if len(number) < FEWEST_DIGITS or any(digit not in HEX for digit in number):
        return Q(pk__in=())
    # A range, because LIKE 'x%' does not use SQLite's index.
    end = number + "g"
    return Q(serial_number__gte=number, serial_number__lt=end) | Q(
        fingerprint_sha256__gte=number, fingerprint_sha256__lt=end
    )


class Certificate(models.Model):
    """An X.509 certificate, as its issuer signed it. Rows never change.

    No constraint on what it says: one that ends before it begins is evidence, too.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    fingerprint_sha256 = models.CharField(
        "SHA-256 fingerprint", max_length=64, unique=True
    )
    der = models.BinaryField("DER")
    subject = models.TextField(blank=True)
    common_name = models.CharField(max_length=255, blank=True)
    issuer = models.TextField(blank=True)
    issuer_name = models.CharField(max_length=255, blank=True, db_index=True)
    serial_number = models.CharField(max_length=SERIAL_DIGITS, db_index=True)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    dns_names = LinesField("DNS names", blank=True)
    ip_addresses = LinesField("IP addresses", blank=True)
    key_algorithm = models.CharField(max_length=ALGORITHM_LETTERS)
    key_size = models.PositiveIntegerField(default=0, help_text="In bits.")
    spki_sha256 = models.CharField(
        "SHA-256 of the public key", max_length=64, db_index=True
    )
    signature_algorithm = models.CharField(max_length=ALGORITHM_LETTERS)
    extended_key_usage = LinesField(blank=True)
    is_ca = models.BooleanField("CA")
    problems = LinesField(blank=True, help_text="What could not be read, and why.")
    created_at = models.DateTimeField("first seen")

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["not_after", "id"]
        # Names are looked for in CertificateText. The key's algorithm is a filter of
        # the admin with two or three common values: no index. CAs are few.
        indexes = [
            models.Index(fields=["not_after", "id"], name="certificate_by_expiry"),
            models.Index(fields=["is_ca", "id"], name="certificate_of_authority"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def from_parsed(cls, parsed: ParsedCertificate, *, now: datetime) -> Self:
        """Return an unsaved row that says what `parsed` says.

        A number or identifier longer than its column is cut: `der` has it whole.
        """
        return cls(
            fingerprint_sha256=parsed.fingerprint_sha256,
            der=parsed.der,
            subject=parsed.subject,
            common_name=parsed.common_name,
            issuer=parsed.issuer,
            issuer_name=parsed.issuer_name,
            serial_number=parsed.serial_number[:SERIAL_DIGITS],
            not_before=parsed.not_before,
            not_after=parsed.not_after,
            dns_names=parsed.dns_names,
            ip_addresses=parsed.ip_addresses,
            key_algorithm=parsed.key_algorithm[:ALGORITHM_LETTERS],
            key_size=parsed.key_size,
            spki_sha256=parsed.spki_sha256,
            signature_algorithm=parsed.signature_algorithm[:ALGORITHM_LETTERS],
            extended_key_usage=parsed.extended_key_usage,
            is_ca=parsed.is_ca,
            problems=tuple(problem.sentence for problem in parsed.problems),
            created_at=now,
        )

    @property
    def name(self) -> str:
        """What to call it: its first name, common name or subject."""
        return self.common_name or next(iter(self.names), "") or self.subject

    @property
    def names(self) -> tuple[str, ...]:
        """Every DNS name and IP address it was issued for."""
        return (*self.dns_names, *self.ip_addresses)

    @property
    def words(self) -> tuple[str, ...]:
        """What it is found by."""
        return (*self.names, self.subject, self.issuer)

    @property
    def key(self) -> str:
        """The key in a word: `RSA 2048`, `ECDSA 256`, `Ed25519`."""
        return (
            f"{self.key_algorithm} {self.key_size}"
            if self.key_size
            else self.key_algorithm
        )

    @property
    def is_self_issued(self) -> bool:
        """Whether subject and issuer are the same name (RFC 5280, 3.2)."""
        return self.subject == self.issuer
