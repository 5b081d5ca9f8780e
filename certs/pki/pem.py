"""Text that holds certificates, taken apart: PEM (RFC 7468) and bare base64."""

import binascii
import re
from collections.abc import Iterator

from certs.pki import asn1
from certs.pki.containers.block import (
    PRIVATE_KEY,
    PUBLIC_KEY,
    REVOCATION_LIST,
    SIGNING_REQUEST,
    SOMETHING_ELSE,
    Block,
)

_READ = {
    b"CERTIFICATE",
    b"X509 CERTIFICATE",
    b"TRUSTED CERTIFICATE",
    b"PKCS7",
    b"CMS",
    b"PKCS12",
}
_OTHERS = {
    b"CERTIFICATE REQUEST": SIGNING_REQUEST,
    b"NEW CERTIFICATE REQUEST": SIGNING_REQUEST,
    b"PUBLIC KEY": PUBLIC_KEY,
    b"RSA PUBLIC KEY": PUBLIC_KEY,
    b"X509 CRL": REVOCATION_LIST,
}

_BEGIN, _END, _DASHES = b"-----BEGIN ", b"-----END ", b"-----"
_BLANKS = re.compile(rb"\s+|\\[rn]")
_BASE64 = re.compile(rb"M[A-Za-z0-9+/=\s]+")


def is_pem(data: bytes) -> bool:
    """Tell whether there is a BEGIN line."""
    return _BEGIN in data


def is_base64(data: bytes) -> bool:
    """Tell whether this is base64 without a frame, of a DER sequence."""
    return _BASE64.fullmatch(data.strip()) is not None


def pieces(data: bytes) -> Iterator[asn1.Element | Block]:
    """Yield what is between BEGIN and END lines. RFC 7468 section 2.

    An element may be a certificate or a container; a private key is not decoded.
    """
    for chunk in data.split(_BEGIN)[1:]:
        label, _dashes, rest = chunk.partition(_DASHES)
        body, end, _junk = rest.partition(_END)
        if label.endswith(b"PRIVATE KEY"):
            yield Block(other=PRIVATE_KEY)
        elif label not in _READ:
            yield Block(other=_OTHERS.get(label, SOMETHING_ELSE))
        elif not end:
            yield Block(error="is cut off: its END line is missing")
        else:
            yield decoded(body)


def decoded(text: bytes) -> asn1.Element | Block:
    """Return the first element of a base64 text; what follows it is dropped.

    OpenSSL's TRUSTED CERTIFICATE carries its trust settings behind the certificate.
    """
    try:
        octets = binascii.a2b_base64(_BLANKS.sub(b"", text), strict_mode=True)
        return asn1.read(octets)
    except binascii.Error:
        return Block(error="is not valid base64")
    except asn1.DerError:
        return Block(error="is cut off or not DER inside")
