"""What there is to tell of an endpoint at a moment, whoever is told."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from certs.models import Notice
from certs.services.notices.recipients import Recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """Something that is true of an endpoint, and told once to each recipient.

    `only` names who alone is told, of those who would be; `others` are told in place of
    those. What `continues` was so with the certificate before: who was told then is not
    told again.
    """

    key: str
    kind: Notice.Kind
    crossed_at: datetime
    fingerprint: str = ""  # of the certificate that it is about
    certificate: UUID | None = None
    continues: bool = False
    only: frozenset[str] | None = None
    others: tuple[Recipient, ...] | None = None
