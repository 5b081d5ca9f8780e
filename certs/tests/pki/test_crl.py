from base64 import encodebytes
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import x25519
from hypothesis import assume, given, strategies as st

from certs.pki import asn1, crl
from certs.tests.pki.building import NOW, sequence
from certs.tests.pki.crls import make_crl
from certs.tests.pki.signing import CA, sign

ROOT = sign("Root", CA)
NAMESAKE = sign("Root", CA)
LIST = make_crl(ROOT)


def nobody(_subject):
    return ()


def known(*identities):
    return lambda subject: [each.der for each in identities if subject == "CN=Root"]


def test_a_list_says_who_made_it_until_when_and_how_long_it_is():
    found = crl.read(LIST, known=known(ROOT))

    assert found.issuer == "CN=Root"
    assert found.number == 7
    assert found.this_update == NOW - timedelta(hours=1)
    assert found.next_update == NOW + timedelta(days=7)
    assert found.revoked == 2


def test_a_list_as_text_and_one_without_a_number_are_read():
    text = b"-----BEGIN X509 CRL-----\n" + encodebytes(LIST)
    text += b"-----END X509 CRL-----\n"

    assert crl.read(text, known=known(ROOT)) == crl.read(LIST, known=known(ROOT))
    assert crl.read(make_crl(ROOT, number=None), known=known(ROOT)).number is None


@pytest.mark.parametrize(("bits", "is_one"), [(159, True), (160, False)])
def test_a_number_has_at_most_twenty_octets(bits, is_one):
    found = crl.read(make_crl(ROOT, number=1 << bits), known=known(ROOT))

    assert found.number == (1 << bits if is_one else None)


def test_any_ca_of_that_name_may_have_signed_it():
    assert crl.read(LIST, known=known(NAMESAKE, ROOT)).revoked == 2


def test_a_list_that_somebody_else_signed_is_refused():
    with pytest.raises(crl.InvalidCRLError, match="not signed by the key of CN=Root"):
        crl.read(LIST, known=known(NAMESAKE))


@pytest.mark.parametrize("der", [b"no certificate", ROOT.der[:-1]])
def test_a_signer_that_cannot_be_read_signs_nothing(der):
    with pytest.raises(crl.InvalidCRLError, match="not signed"):
        crl.read(LIST, known=lambda _: [der])


def test_a_signer_with_a_key_that_signs_nothing_signs_nothing():
    key = x25519.X25519PrivateKey.generate()
    exchanging = sign("Root", CA, key=key, issuer=ROOT)

    with pytest.raises(crl.InvalidCRLError, match="not signed"):
        crl.read(LIST, known=known(exchanging))


def test_a_list_of_a_ca_that_nobody_knows_is_refused():
    with pytest.raises(crl.InvalidCRLError, match="CN=Root, which is neither a root"):
        crl.read(LIST, known=nobody)


def test_a_list_without_an_end_is_refused():
    signed, *signature = asn1.children(asn1.read(LIST))
    version, algorithm, issuer, made, _ends, *rest = asn1.children(signed)
    fields = (version, algorithm, issuer, made, *rest)
    endless = sequence(
        sequence(*(each.encoded for each in fields)),
        *(each.encoded for each in signature),
    )

    with pytest.raises(crl.InvalidCRLError, match="when the next one comes"):
        crl.read(endless, known=known(ROOT))


def test_a_list_of_version_1_is_known_by_its_issuer_as_well():
    signed, *signature = asn1.children(asn1.read(LIST))
    _version, *fields = asn1.children(signed)
    first = sequence(
        sequence(*(each.encoded for each in fields)),
        *(each.encoded for each in signature),
    )

    with pytest.raises(crl.InvalidCRLError, match="not signed by the key of CN=Root"):
        crl.read(first, known=known(ROOT))


@pytest.mark.parametrize(
    "data",
    [b"", b"\0", b"-----BEGIN X509 CRL-----", ROOT.der, b"<html>Not here</html>"],
)
def test_what_is_no_list_is_refused(data):
    with pytest.raises(crl.InvalidCRLError, match="no certificate revocation list"):
        crl.read(data, known=known(ROOT))


@given(place=st.integers(0, len(LIST) - 1), value=st.integers(0, 255))
def test_a_damaged_list_is_refused_and_nothing_else_happens(place, value):
    assume(LIST[place] != value)
    damaged = bytearray(LIST)
    damaged[place] = value

    with pytest.raises(crl.InvalidCRLError):
        crl.read(bytes(damaged), known=known(ROOT))
