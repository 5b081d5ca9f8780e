"""Revocation lists for tests, really signed."""

from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from certs.tests.pki.building import NOW

HOUR = timedelta(hours=1)


def make_crl(
    issuer, *, made=-HOUR, ends=timedelta(days=7), now=NOW, number=7, serials=(1, 2)
):
    """The DER of a list of `issuer`, made and ending so long from `now`."""
    builder = x509.CertificateRevocationListBuilder(
        issuer_name=issuer.name, last_update=now + made, next_update=now + ends
    )
    if number is not None:
        builder = builder.add_extension(x509.CRLNumber(number), critical=False)
    for serial in serials:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(serial)
            .revocation_date(now - HOUR)
            .build()
        )
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)
