"""The staff's workshop: a screen for each kind of record."""

from certs.admin.certificate import CertificateAdmin
from certs.admin.contact import ContactAdmin, TagAdmin
from certs.admin.endpoint import EndpointAdmin
from certs.admin.notice import LetterAdmin, NoticeAdmin, UndeliverableAdmin
from certs.admin.observation import ObservationAdmin
from certs.admin.trust_store import TrustStoreAdmin

__all__ = [
    "CertificateAdmin",
    "ContactAdmin",
    "EndpointAdmin",
    "LetterAdmin",
    "NoticeAdmin",
    "ObservationAdmin",
    "TagAdmin",
    "TrustStoreAdmin",
    "UndeliverableAdmin",
]
