"""What people type, made into what the inventory keeps."""

from certs.forms.certificate import CertificateForm, CertificateInput
from certs.forms.endpoint import EndpointForm
from certs.forms.filters import (
    GRADES,
    NO_TEAM,
    SORTS,
    STATUS_GROUPS,
    UNGRADED,
    EndpointFilterForm,
)
from certs.forms.warning import (
    AcknowledgeForm,
    ComingFilterForm,
    LedgerFilterForm,
    MailForm,
)

__all__ = [
    "GRADES",
    "NO_TEAM",
    "SORTS",
    "STATUS_GROUPS",
    "UNGRADED",
    "AcknowledgeForm",
    "CertificateForm",
    "CertificateInput",
    "ComingFilterForm",
    "EndpointFilterForm",
    "EndpointForm",
    "LedgerFilterForm",
    "MailForm",
]
