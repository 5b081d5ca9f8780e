"""What the answers of one deep check say beside the suites they chose."""

from certs.pki.deep.answer import Answer, Kind
from certs.pki.failures import ProbeError, from_alert
from certs.pki.groups import BY_NUMBER, Group
from certs.pki.hello import HEARTBEAT, RENEGOTIATION_INFO, Hello
from certs.pki.suites import TLS13


class Facts:
    """Collects them, and notices when a server tells lies or is none of TLS."""

    def __init__(self) -> None:
        self.has_ssl2 = False
        self.has_gap = False
        self.curves: list[Group] = []
        self.dh_bits: int | None = None
        self.secure_renegotiation: bool | None = None
        self.compression: bool | None = None
        self.heartbeat: bool | None = None
        self._has_heard = False
        self._refusal: Answer | None = None

    @property
    def refusal(self) -> ProbeError | None:
        """Why the server agreed to nothing: its first refusal; None if it did agree."""
        if self._refusal is None or self._has_heard:
            return None
        if self._refusal.kind is Kind.ALERT:
            return from_alert(self._refusal.alert)
        if self._refusal.kind is Kind.CLOSED:
            return ProbeError("closed", "The server closed the connection at once.")
        return ProbeError("timeout", "The server did not answer in time.")

    def note(self, answer: Answer, hello: Hello) -> None:
        """Keep what `answer` to `hello` says. Raises ProbeError when it makes no sense.

        RFC 8446 section 4.1.3: a server may only choose what it was offered.
        """
        if answer.kind is Kind.HELLO:
            _refuse_lies(answer, hello)
            self._has_heard = True
            self._note_hello(answer, hello)
            return
        if answer.kind is Kind.OTHER and not self._has_heard:
            raise ProbeError("not_tls", "The server does not speak TLS here.")
        self._refusal = self._refusal or answer
        self.has_gap = self.has_gap or not answer.is_refusal

    def _note_hello(self, answer: Answer, hello: Hello) -> None:
        if hello.version < TLS13:
            # Not RFC 5746's word in one answer is one too few.
            is_secure = RENEGOTIATION_INFO in answer.extensions
            self.secure_renegotiation = (
                is_secure and self.secure_renegotiation is not False
            )
            group = BY_NUMBER.get(answer.group)
            if group is not None and group not in self.curves:
                self.curves.append(group)
        if answer.dh_bits:
            self.dh_bits = min(answer.dh_bits, self.dh_bits or answer.dh_bits)
        if hello.asks_extras:
            self.compression = bool(self.compression) or answer.has_compression
            self.heartbeat = bool(self.heartbeat) or HEARTBEAT in answer.extensions


def _refuse_lies(answer: Answer, hello: Hello) -> None:
    is_offered = answer.suite in {suite.number for suite in hello.suites}
    is_older = answer.version < hello.version < TLS13
    if not is_offered or not (is_older or answer.version == hello.version):
        text = "The server chose a version or a cipher suite that was not offered."
        raise ProbeError("tls_error", text)
