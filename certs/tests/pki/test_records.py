"""What a server says is followed record by record, however it is cut."""

import pytest
from hypothesis import given, strategies as st

from certs.pki.records import Records


def record(kind, body, *, version=b"\x03\x03"):
    return bytes((kind,)) + version + len(body).to_bytes(2, "big") + body


def message(kind, body):
    return bytes((kind,)) + len(body).to_bytes(3, "big") + body


HELLO = message(2, b"\x03\x02" + bytes(32))
REQUEST = message(13, b"\x01\x01\x00\x00")


def fed(*pieces):
    records = Records()
    for piece in pieces:
        records.feed(piece)
    return records


def test_nothing_yet_may_become_tls():
    assert Records().is_tls
    assert fed(b"\x16").is_tls
    assert not fed(b"\x16", b"\x02").is_tls
    assert not fed(b"H").is_tls


@given(st.integers(1, 60), st.integers(1, 60))
def test_messages_are_found_wherever_records_and_packets_are_cut(first, second):
    stream = HELLO + REQUEST
    octets = record(22, stream[:first]) + record(22, stream[first:])

    records = fed(octets[:second], octets[second:])

    assert records.wants_client_certificate
    assert records.tls_version == "TLSv1.1"
    assert records.received == len(octets)
    assert records.alert is None


def test_the_messages_about_the_keys_are_kept_whole():
    exchange = message(12, b"\x03\x00\x1d" + bytes(64))
    stream = HELLO + exchange

    records = fed(record(22, stream[:40]), record(22, stream[40:]))

    assert records.hello == HELLO[4:]
    assert records.server_key_exchange == exchange[4:]


def test_a_version_is_not_certain_before_a_certificate_is_asked_for():
    assert fed(record(22, HELLO)).tls_version == ""


def test_an_unknown_version_has_no_name():
    hello = message(2, b"\x03\x00" + bytes(32))

    assert fed(record(22, hello + REQUEST)).tls_version == ""


@pytest.mark.parametrize("kind", [20, 23])
def test_nothing_is_read_into_encrypted_records(kind):
    records = fed(record(kind, b"\x01"), record(22, REQUEST), record(21, b"\x02\x28"))

    assert not records.wants_client_certificate
    assert records.alert is None


def test_an_encrypted_alert_has_no_number():
    assert fed(record(21, bytes(26))).alert is None


@given(st.lists(st.binary(max_size=64), max_size=8))
def test_no_bytes_raise_anything(pieces):
    records = fed(*pieces)

    assert len(records.excerpt) <= 40
    assert records.excerpt.isascii()
