"""Damaged files of every format are read as far as they go, or are one error."""

import pytest
from hypothesis import given, strategies as st

from certs.pki.x509 import InvalidCertificateError, parse_certificates, read_file
from certs.tests.pki.seeds import seeds

SEEDS = seeds()
# What lengths, tags, counts and ends of data look like.
NASTY = [b"\x80", b"\xff", b"\x84\xff\xff\xff\xff", b"\0\0", b"\x30\x80", b"-----"]


@pytest.mark.parametrize("name", SEEDS)
def test_every_seed_is_read_or_is_one_error(name):
    closed = {"pkcs12-closed", "jks-cut"}  # a password is missing, it is cut off
    if name in closed:
        with pytest.raises(InvalidCertificateError):
            parse_certificates(SEEDS[name])
    else:
        assert read_file(SEEDS[name]).certificates


@given(st.data())
def test_damage_is_never_another_exception(data):
    octets = bytearray(SEEDS[data.draw(st.sampled_from(sorted(SEEDS)))])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, max(0, len(octets) - 1)))
        length = data.draw(st.integers(0, 4))
        octets[place : place + length] = data.draw(
            st.one_of(st.binary(max_size=4), st.sampled_from(NASTY))
        )

    try:
        contents = read_file(bytes(octets), password=data.draw(st.text(max_size=3)))
    except InvalidCertificateError:
        return

    assert contents.certificates
    for parsed in contents.certificates:
        assert len(parsed.fingerprint_sha256) == 64
        assert all(problem.sentence for problem in parsed.problems)
