"""Certificates, as text or file."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from certs.pki.x509 import (
    MAX_BYTES,
    InvalidCertificateError,
    ParsedCertificate,
    parse_certificates,
)


class CertificateInput(forms.Form):
    """Certificates as text or file, for a form that takes them along with others."""

    pem = forms.CharField(
        required=False,
        label="Text",
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text="One certificate or several, in PEM; text between them is skipped.",
    )
    file = forms.FileField(
        required=False,
        label="Or a file",
        help_text="PEM, DER, PKCS#7, JKS, or PKCS#12 with no password; at most 1 MiB.",
    )

    def clean_pem(self) -> tuple[ParsedCertificate, ...]:
        text: str = self.cleaned_data["pem"]
        return self.read(text.encode()) if text else ()

    def clean_file(self) -> tuple[ParsedCertificate, ...]:
        file = self.cleaned_data["file"]
        if file is None:
            return ()
        if file.size > MAX_BYTES:
            raise ValidationError("The file is larger than 1 MiB.", code="too_large")
        return self.read(file.read())

    def read(self, data: bytes) -> tuple[ParsedCertificate, ...]:
        """Return the certificates in `data`; private keys in it are left out."""
        try:
            return parse_certificates(data)
        except InvalidCertificateError as error:
            raise ValidationError(str(error), code="invalid") from error

    def certificates(self) -> tuple[ParsedCertificate, ...]:
        """Everything that was given and could be read."""
        return tuple(
            parsed
            for name in ("pem", "file")
            for parsed in self.cleaned_data.get(name) or ()
        )


class CertificateForm(CertificateInput):
    """Certificates alone."""

    def clean(self) -> dict[str, Any]:
        if not self.certificates() and not self.errors:
            raise ValidationError(
                "Paste a certificate or choose a file.", code="required"
            )
        return self.cleaned_data
