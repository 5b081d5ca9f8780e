"""Why a probe ended early: a stable code and a sentence for people."""

import ssl

from certs.pki.alerts import alert_name
from certs.pki.records import Records

# What the server itself did to end a handshake, alerts (`alert_40` …) aside.
ENDED_BY_SERVER = {"closed", "reset"}
ALERT_PREFIX = "alert_"

_SHOWN_CHARACTERS = 80


class ProbeError(Exception):
    """A probe that did not come to its end; never leaves `certs.pki.tls`."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text

    @property
    def is_from_server(self) -> bool:
        """Whether the server ended the handshake, and not this side."""
        return self.code in ENDED_BY_SERVER or self.code.startswith(ALERT_PREFIX)


def from_os_error(error: OSError, *, where: str) -> ProbeError:
    """Return the failure that an error of a socket at `where` stands for."""
    if isinstance(error, ConnectionRefusedError):
        return ProbeError("refused", f"{where} refused the connection.")
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return ProbeError("reset", f"{where} reset the connection.")
    if isinstance(error, TimeoutError):
        return ProbeError("timeout", f"{where} did not answer in time.")
    reason = (error.strerror or "unknown error")[:_SHOWN_CHARACTERS]
    return ProbeError("unreachable", f"{where} cannot be reached: {reason}.")


def from_tls_error(error: ssl.SSLError, records: Records) -> ProbeError:
    """Return the failure of a handshake that OpenSSL gave up.

    An alert is named after the bytes of the server, for OpenSSL's texts differ
    between versions.
    """
    if records.alert is not None:
        return from_alert(records.alert)
    reason = (error.reason or "unknown reason").replace("_", " ").lower()
    return ProbeError(
        "tls_error", f"The TLS handshake failed: {reason[:_SHOWN_CHARACTERS]}."
    )


def from_alert(number: int) -> ProbeError:
    """Return the failure that a TLS alert stands for. RFC 8446 section 6."""
    return ProbeError(
        f"{ALERT_PREFIX}{number}",
        f"The server ended the handshake with alert {number} ({alert_name(number)}).",
    )


def from_end(records: Records) -> ProbeError:
    """Return the failure of a connection that the server closed in the handshake."""
    if records.alert is not None:
        return from_alert(records.alert)
    return ProbeError("closed", "The server closed the connection in the handshake.")


def from_foreign_bytes(records: Records) -> ProbeError:
    """Return the failure of a server that answered in another protocol than TLS."""
    excerpt = records.excerpt
    if excerpt.startswith("HTTP/"):
        text = f"The server answered in plain HTTP: “{excerpt}”."
    elif excerpt:
        text = f"The server does not speak TLS here; it answered “{excerpt}”."
    else:
        text = "The server does not speak TLS here; it answered with an empty line."
    return ProbeError("not_tls", text)
