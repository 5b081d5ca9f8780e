"""What people type, made into what the inventory keeps."""

from certs.forms.certificate import CertificateForm, CertificateInput
from certs.forms.channel import ChannelForm
from certs.forms.endpoint import EndpointForm
from certs.forms.filters import GRADES, SORTS, EndpointFilterForm
from certs.forms.intake import ImportForm
from certs.forms.policy import PolicyForm, TeamPolicyForm
from certs.forms.warning import (
    AcknowledgeForm,
    ComingFilterForm,
    LedgerFilterForm,
    MailForm,
)

__all__ = [
    "GRADES",
    "SORTS",
    "AcknowledgeForm",
    "CertificateForm",
    "CertificateInput",
    "ChannelForm",
    "ComingFilterForm",
    "EndpointFilterForm",
    "EndpointForm",
    "ImportForm",
    "LedgerFilterForm",
    "MailForm",
    "PolicyForm",
    "TeamPolicyForm",
]
