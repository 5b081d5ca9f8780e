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


class CertificateForm(forms.Form):
    """Certificates as text or file; private keys in them are left out."""

    pem = forms.CharField(
        required=False,
        label="Text",
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text="One certificate or several, in PEM; text between them is skipped.",
    )
    file = forms.FileField(
        required=False, label="Or a file", help_text="PEM or DER, at most 1 MiB."
    )

    def clean_pem(self) -> tuple[ParsedCertificate, ...]:
        text: str = self.cleaned_data["pem"]
        return _certificates(text.encode()) if text else ()

    def clean_file(self) -> tuple[ParsedCertificate, ...]:
        file = self.cleaned_data["file"]
        if file is None:
            return ()
        if file.size > MAX_BYTES:
            raise ValidationError("The file is larger than 1 MiB.", code="too_large")
        return _certificates(file.read())

    def clean(self) -> dict[str, Any]:
        given = [self.cleaned_data.get(name) for name in ("pem", "file")]
        if not any(given) and not self.errors:
            raise ValidationError(
                "Paste a certificate or choose a file.", code="required"
            )
        return self.cleaned_data

    def certificates(self) -> tuple[ParsedCertificate, ...]:
        """Everything that was given, once the form is valid."""
        return (*self.cleaned_data["pem"], *self.cleaned_data["file"])


def _certificates(data: bytes) -> tuple[ParsedCertificate, ...]:
    try:
        return parse_certificates(data)
    except InvalidCertificateError as error:
        raise ValidationError(str(error), code="invalid") from error
