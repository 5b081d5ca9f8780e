"""Reading the answer to a hand-made hello, no further than needed."""

from certs.pki.deep.answer import (
    Answer,
    Bytes,
    Kind,
    UnreadableError,
    has_key_exchange,
    read_server_hello,
    with_key_exchange,
)
from certs.pki.suites import SSL2, SSL3

MAX_ANSWER_BYTES = 256 * 1024

_RECORD_HEADER, _MESSAGE_HEADER = 5, 4
_CHANGE_CIPHER, _ALERT, _HANDSHAKE = 20, 21, 22
_SERVER_HELLO, _SERVER_KEY_EXCHANGE, _SERVER_HELLO_DONE = 2, 12, 14
_WARNING, _CLOSE_NOTIFY = 1, 0
_SSL2_SERVER_HELLO, _SSL2_HEADER = 4, 7


class Reader:
    """Takes bytes until they are an answer, which is then in `answer`.

    A ServerHello that is followed by the server's half of the key exchange is complete
    when that came. Nothing is raised: what is not TLS is an answer of kind OTHER.
    """

    def __init__(self) -> None:
        self.answer: Answer | None = None
        self._received = 0
        self._buffer = bytearray()
        self._messages = bytearray()
        self._hello: Answer | None = None

    def feed(self, data: bytes) -> None:
        """Take the bytes that came next, if an answer is still wanted."""
        self._received += len(data)
        self._buffer += data
        is_start = len(self._buffer) == self._received
        try:
            if is_start and self._buffer[:1] >= b"\x80":
                self._take_ssl2()
            else:
                self._take_records()
        except UnreadableError:
            self.answer = Answer(kind=Kind.OTHER)
        if self.answer is None and self._received > MAX_ANSWER_BYTES:
            self.answer = self._hello or Answer(kind=Kind.OTHER)

    def end(self, kind: Kind) -> Answer:
        """Return the answer when nothing more comes: what there is, or `kind`."""
        return self.answer or self._hello or Answer(kind=kind)

    def _take_ssl2(self) -> None:
        """Take a SERVER-HELLO, the first bit of which no TLS record has set."""
        if len(self._buffer) >= _SSL2_HEADER:
            head = bytes(self._buffer[2:3] + self._buffer[5:7])
            is_hello = head == bytes((_SSL2_SERVER_HELLO,)) + SSL2.to_bytes(2, "big")
            self.answer = (
                Answer(kind=Kind.HELLO, version=SSL2)
                if is_hello
                else Answer(kind=Kind.OTHER)
            )

    def _take_records(self) -> None:
        while self.answer is None and len(self._buffer) >= _RECORD_HEADER:
            kind, major = self._buffer[0], self._buffer[1]
            if kind not in {_CHANGE_CIPHER, _ALERT, _HANDSHAKE} or major != SSL3 >> 8:
                raise UnreadableError
            end = _RECORD_HEADER + int.from_bytes(self._buffer[3:5], "big")
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[_RECORD_HEADER:end])
            del self._buffer[:end]
            if kind == _ALERT:
                self._take_alert(body)
            elif kind == _HANDSHAKE:
                self._messages += body
                self._take_messages()

    def _take_alert(self, body: bytes) -> None:
        """Take an alert as an answer, but for a warning, which others may follow."""
        level, number = Bytes(body).numbers(1, 1)
        if level != _WARNING or number == _CLOSE_NOTIFY:
            self.answer = self._hello or Answer(kind=Kind.ALERT, alert=number)

    def _take_messages(self) -> None:
        while self.answer is None and len(self._messages) >= _MESSAGE_HEADER:
            kind = self._messages[0]
            end = _MESSAGE_HEADER + int.from_bytes(self._messages[1:4], "big")
            if end > MAX_ANSWER_BYTES or (
                self._hello is None and kind != _SERVER_HELLO
            ):
                raise UnreadableError
            if len(self._messages) < end:
                return
            body = bytes(self._messages[_MESSAGE_HEADER:end])
            del self._messages[:end]
            self._take_message(kind, body)

    def _take_message(self, kind: int, body: bytes) -> None:
        if self._hello is None:
            self._hello = read_server_hello(body)
            if not has_key_exchange(self._hello):
                self.answer = self._hello
        elif kind == _SERVER_KEY_EXCHANGE:
            self.answer = with_key_exchange(self._hello, body)
        elif kind == _SERVER_HELLO_DONE:
            self.answer = self._hello
