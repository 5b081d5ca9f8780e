"""Reading answers: whatever comes, in whatever pieces, nothing is raised."""

from hypothesis import given, strategies as st

from certs.pki.deep.answer import Kind
from certs.pki.deep.reader import MAX_ANSWER_BYTES, Reader
from certs.pki.suites import SSL2, TLS10, TLS12, TLS13
from certs.tests.pki.deep.fake import (
    RETRY,
    alert,
    extension,
    message,
    record,
    server_hello,
    vector,
)

PIECES = st.one_of(
    st.binary(max_size=60),
    st.binary(max_size=60).map(lambda body: record(22, body)),
    st.builds(message, st.integers(0, 25), st.binary(max_size=80)).map(
        lambda body: record(22, body)
    ),
    st.just(record(22, server_hello(TLS12, 0xC02F))),
    st.just(record(22, server_hello(TLS12, 0x009E))),
    st.builds(alert, st.integers(0, 255), level=st.integers(0, 255)),
)


def read(*pieces):
    reader = Reader()
    for piece in pieces:
        reader.feed(piece)
    return reader


@given(st.lists(PIECES, max_size=6))
def test_anything_can_be_read(pieces):
    reader = read(*pieces)

    answer = reader.end(Kind.CLOSED)

    assert answer.kind in Kind
    assert 0 <= answer.dh_bits <= 8 * 65535


@given(st.lists(PIECES, max_size=4).map(b"".join), st.integers(1, 9))
def test_the_size_of_the_pieces_does_not_matter(data, size):
    pieces = [data[i : i + size] for i in range(0, len(data), size)]

    whole, parts = Reader(), Reader()
    whole.feed(data)
    for piece in pieces:
        if parts.answer is None:
            parts.feed(piece)

    assert parts.end(Kind.CLOSED) == whole.end(Kind.CLOSED)


def test_what_follows_a_hello_is_not_taken_for_an_older_protocol():
    reader = read(record(22, server_hello(TLS12, 0xC02F)))

    for octet in b"\x80\x00\x00\x00\x00":
        reader.feed(bytes((octet,)))

    assert reader.end(Kind.CLOSED).kind is Kind.OTHER


def test_a_retry_names_its_group():
    extensions = extension(51, b"\x11\xec") + extension(43, b"\x03\x04")
    hello = server_hello(TLS12, 0x1302, extensions=extensions, random=RETRY)

    answer = read(record(22, hello)).answer

    assert answer is not None
    assert (answer.kind, answer.version) == (Kind.HELLO, TLS13)
    assert (answer.suite, answer.group) == (0x1302, 0x11EC)


def test_a_curve_that_is_spelled_out_has_no_name():
    explicit = message(12, b"\x01" + vector(1, b"\x17"))

    answer = read(record(22, server_hello(TLS10, 0xC013) + explicit)).answer

    assert answer is not None
    assert (answer.suite, answer.group) == (0xC013, 0)


def test_a_warning_is_waited_out_and_an_alert_is_not():
    hello = record(22, server_hello(TLS10, 0x002F))

    assert read(alert(112, level=1), hello).answer is not None
    assert read(alert(112, level=1)).answer is None
    refused = read(alert(40)).answer
    assert refused is not None
    assert (refused.kind, refused.alert) == (Kind.ALERT, 40)


def test_ssl_2_is_told_from_nonsense():
    hello = read(b"\x80\x20\x04\x00\x01\x00\x02\x00\x00").answer
    nonsense = read(b"\x80\x20\x09\x00\x01\x00\x02\x00\x00").answer

    assert hello is not None
    assert nonsense is not None
    assert (hello.kind, hello.version) == (Kind.HELLO, SSL2)
    assert nonsense.kind is Kind.OTHER


def test_too_much_is_enough():
    certificate = record(22, message(11, b"\x00" * 16_000))
    hello = record(22, server_hello(TLS12, 0xC02F))

    assert read(hello, *[certificate] * 17).answer is not None
    endless = read(*[record(20, b"\x01")] * (MAX_ANSWER_BYTES // 6 + 1)).answer
    assert endless is not None
    assert endless.kind is Kind.OTHER
