"""What people type, made into what the inventory keeps."""

from certs.forms.certificate import CertificateForm, CertificateInput
from certs.forms.channel import ChannelForm
from certs.forms.endpoint import EndpointForm
from certs.forms.filters import GRADES, SORTS, EndpointFilterForm
from certs.forms.policy import PolicyForm, TeamPolicyForm

__all__ = [
    "GRADES",
    "SORTS",
    "CertificateForm",
    "CertificateInput",
    "ChannelForm",
    "EndpointFilterForm",
    "EndpointForm",
    "PolicyForm",
    "TeamPolicyForm",
]
