"""Certificates, as text or file."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from certs.pki.x509 import (
    MAX_BYTES,
    FileContents,
    InvalidCertificateError,
    ParsedCertificate,
    read_file,
)

PRIVATE_KEY = "PRIVATE KEY-----"  # how each kind of them ends its first line in PEM


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
        help_text="PEM, DER, PKCS#7, PKCS#12 without a password or a Java keystore;"
        " at most 1 MiB.",
    )

    def clean_pem(self) -> FileContents | None:
        text: str = self.cleaned_data["pem"]
        return self.read(text.encode()) if text else None

    def clean_file(self) -> FileContents | None:
        file = self.cleaned_data["file"]
        if file is None:
            return None
        if file.size > MAX_BYTES:
            raise ValidationError("The file is larger than 1 MiB.", code="too_large")
        return self.read(file.read())

    def read(self, data: bytes) -> FileContents:
        """Return what a file holds; all of its certificates must be readable."""
        try:
            contents = read_file(data)
        except InvalidCertificateError as error:
            raise ValidationError(str(error), code="invalid") from error
        if contents.problems:
            raise ValidationError(
                [ValidationError(each, code="invalid") for each in contents.problems]
            )
        return contents

    def forget_private_keys(self) -> None:
        """Do not show a key again that somebody has pasted."""
        if PRIVATE_KEY in self.data.get("pem", ""):
            self.data = {**self.data, "pem": ""}

    @property
    def contents(self) -> list[FileContents]:
        """What was given, text first."""
        given = [self.cleaned_data.get(name) for name in ("pem", "file")]
        return [contents for contents in given if contents]

    def certificates(self) -> tuple[ParsedCertificate, ...]:
        """Everything that was given and could be read."""
        return tuple(
            parsed for contents in self.contents for parsed in contents.certificates
        )

    def remarks(self) -> list[str]:
        """Sentences about what was given, too, and is not kept: private keys, say."""
        return [contents.left_out for contents in self.contents if contents.left_out]


class CertificateForm(CertificateInput):
    """Certificates alone."""

    def clean(self) -> dict[str, Any]:
        self.forget_private_keys()
        if not self.contents and not self.errors:
            raise ValidationError(
                "Paste a certificate or choose a file.", code="required"
            )
        return self.cleaned_data
