"""The mail server: one connection for many letters, and whose fault a failure is."""

import smtplib
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from django.core.mail import EmailMessage, get_connection

OK = 250
CLOSING = 421  # RFC 5321, 3.8: "Service not available, closing transmission channel"
PERMANENT = 500  # and above: RFC 5321, 4.2.1
TOO_BIG = 552  # RFC 1870, 6.1: of this letter, in answer to MAIL FROM


class UndeliveredError(Exception):
    """The letter was not taken; another may be."""


class RefusedError(UndeliveredError):
    """The address was refused for good."""


class AwayError(UndeliveredError):
    """The server cannot be reached, or went away: no letter would be taken."""


class Mailer:
    """Sends letters one after the other over one connection, opened when needed."""

    def __init__(self) -> None:
        self._backend: Any = get_connection()
        self._is_used = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def send(self, message: EmailMessage) -> None:
        """Return when the server has taken `message` (250). Raises UndeliveredError."""
        self._open()
        try:
            self._backend.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise self._refusal(code, said) from error
        except smtplib.SMTPResponseException as error:
            raise self._rejection(error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise UndeliveredError(str(error)) from error
        except OSError as error:  # SMTPException is one
            self._close()
            raise AwayError(_text(error)) from error

    def _open(self) -> None:
        """Open the connection unless there is one that still works.

        A server may end one that has served for long. Asked before a letter and not
        found out by it: of a connection that ends in the middle nobody knows whether
        the letter was taken.
        """
        session = getattr(self._backend, "connection", None)
        if self._is_used and isinstance(session, smtplib.SMTP):
            try:
                if session.noop()[0] == OK:
                    return
            except OSError:
                pass
            self._close()
        try:
            self._backend.open()
        except OSError as error:
            self._close()
            raise AwayError(_text(error)) from error
        self._is_used = True

    def _refusal(self, code: int, said: bytes) -> UndeliveredError:
        words = f"{code} {said.decode(errors='replace')}"
        if code == CLOSING:
            self._close()
            return AwayError(words)
        return RefusedError(words) if code >= PERMANENT else UndeliveredError(words)

    def _rejection(self, error: smtplib.SMTPResponseException) -> UndeliveredError:
        """Tell a letter that is not taken from a server that takes none from us."""
        is_data = isinstance(error, smtplib.SMTPDataError)
        if error.smtp_code == TOO_BIG or (is_data and error.smtp_code != CLOSING):
            return UndeliveredError(_text(error))
        self._close()
        return AwayError(_text(error))

    def _close(self) -> None:
        self._is_used = False
        with suppress(OSError):
            self._backend.close()


def _text(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        text = said.decode(errors="replace") if isinstance(said, bytes) else said
        return f"{error.smtp_code} {text}"
    return str(error) or type(error).__name__
