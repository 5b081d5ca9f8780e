"""Certificate revocation lists: who signed one, and until when it is good.

RFC 5280 section 5. Clients that look at such a list mostly refuse every certificate of
its CA once the list is old, so its end is as good as the end of all of them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from certs.pki import asn1, links
from certs.pki.names import read_name

MAX_SIGNERS = 20  # CAs of the same name whose keys are tried
MAX_NUMBER_BITS = 160  # 20 octets: section 5.2.3
_PEM = b"-----BEGIN"
_UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)

Known = Callable[[str], Iterable[bytes]]


class InvalidCRLError(ValueError):
    """It says nothing that can be relied on. The text is a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationList:
    """What a list says of itself. Times are UTC.

    `next_update` is when there is another one at the latest: from then on it is old.
    """

    issuer: str
    number: int | None  # grows with each list of a CA
    this_update: datetime
    next_update: datetime
    revoked: int  # certificates


def read(data: bytes, *, known: Known) -> RevocationList:
    """Return what the list in `data`, DER or PEM, says of itself.

    `known` finds certificates of CAs, as DER, by their subject as `names` writes it;
    one of them must have signed the list. Raises InvalidCRLError.
    """
    try:
        is_pem = data.lstrip().startswith(_PEM)
        load = x509.load_pem_x509_crl if is_pem else x509.load_der_x509_crl
        crl = load(data)
        issuer = _issuer(crl.tbs_certlist_bytes)
        next_update, number = crl.next_update_utc, _number(crl)
    except (*_UNREADABLE, asn1.DerError) as error:
        raise InvalidCRLError("It is no certificate revocation list.") from error
    if next_update is None:
        raise InvalidCRLError(
            "It does not say when the next one comes, which RFC 5280 section 5.1.2.5"
            " asks for."
        )
    _require_signature(crl, issuer, list(islice(known(issuer), MAX_SIGNERS)))
    return RevocationList(
        issuer=issuer,
        number=number,
        this_update=crl.last_update_utc,
        next_update=next_update,
        revoked=len(crl),
    )


def _issuer(tbs: bytes) -> str:
    """Return who made the list. Lists of version 1 do not say their version."""
    first, second, third, *_ = asn1.children(asn1.read(tbs))
    return read_name(third if first.tag == asn1.INTEGER else second).text


def _number(crl: x509.CertificateRevocationList) -> int | None:
    """Return the number; None where there is none, or one that RFC 5280 forbids."""
    try:
        found = crl.extensions.get_extension_for_class(x509.CRLNumber)
    except x509.ExtensionNotFound:
        return None
    number = found.value.crl_number
    return number if number.bit_length() <= MAX_NUMBER_BITS else None


def _require_signature(
    crl: x509.CertificateRevocationList, issuer: str, signers: Sequence[bytes]
) -> None:
    if not signers:
        raise InvalidCRLError(
            f"It is a list of {issuer}, which is neither a root of this store nor a CA"
            " of the inventory."
        )
    if not any(_has_signed(der, crl) for der in signers):
        raise InvalidCRLError(f"It is not signed by the key of {issuer}.")


def _has_signed(der: bytes, crl: x509.CertificateRevocationList) -> bool:
    link = links.read(der)
    if link is None or link.strict is None:
        return False
    try:
        key = link.strict.public_key()
        return crl.is_signature_valid(key)  # type: ignore[arg-type]  # TypeError then
    except _UNREADABLE:
        return False
