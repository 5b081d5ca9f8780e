"""The staff's workshop: a screen for each kind of record."""

from certs.admin.certificate import CertificateAdmin
from certs.admin.channel import ChannelAdmin
from certs.admin.contact import ContactAdmin, TagAdmin
from certs.admin.endpoint import EndpointAdmin
from certs.admin.job import JobAdmin
from certs.admin.notice import LetterAdmin, NoticeAdmin, UndeliverableAdmin
from certs.admin.observation import ObservationAdmin
from certs.admin.policy import PolicyAdmin
from certs.admin.trust_store import TrustStoreAdmin
from certs.admin.work import DutyAdmin, WorkerAdmin

__all__ = [
    "CertificateAdmin",
    "ChannelAdmin",
    "ContactAdmin",
    "DutyAdmin",
    "EndpointAdmin",
    "JobAdmin",
    "LetterAdmin",
    "NoticeAdmin",
    "ObservationAdmin",
    "PolicyAdmin",
    "TagAdmin",
    "TrustStoreAdmin",
    "UndeliverableAdmin",
    "WorkerAdmin",
]
