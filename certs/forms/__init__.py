"""What people type, made into what the inventory keeps."""

from certs.forms.certificate import CertificateForm, CertificateInput
from certs.forms.endpoint import EndpointForm
from certs.forms.filters import GRADES, SORTS, EndpointFilterForm

__all__ = [
    "GRADES",
    "SORTS",
    "CertificateForm",
    "CertificateInput",
    "EndpointFilterForm",
    "EndpointForm",
]
