"""What people type, made into what the inventory keeps."""

from certs.forms.certificate import CertificateForm
from certs.forms.endpoint import EndpointForm
from certs.forms.filters import NO_TEAM, SORTS, STATUS_GROUPS, EndpointFilterForm

__all__ = [
    "NO_TEAM",
    "SORTS",
    "STATUS_GROUPS",
    "CertificateForm",
    "EndpointFilterForm",
    "EndpointForm",
]
