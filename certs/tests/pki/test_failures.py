"""Errors of the system, in words."""

import errno
import os
import ssl

import pytest

from certs.pki.failures import from_os_error, from_tls_error
from certs.pki.records import Records


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        (errno.ECONNREFUSED, "refused", "The server refused the connection."),
        (errno.ECONNRESET, "reset", "The server reset the connection."),
        (errno.EPIPE, "reset", "The server reset the connection."),
        (errno.ETIMEDOUT, "timeout", "The server did not answer in time."),
        (
            errno.ENETUNREACH,
            "unreachable",
            "The server cannot be reached: Network is unreachable.",
        ),
        (
            errno.EHOSTUNREACH,
            "unreachable",
            "The server cannot be reached: No route to host.",
        ),
    ],
)
def test_an_error_of_the_system_has_a_code_and_a_sentence(number, code, text):
    error = OSError(number, os.strerror(number))

    failure = from_os_error(error, where="The server")

    assert (failure.code, failure.text) == (code, text)


def test_an_error_without_a_reason_still_has_a_sentence():
    unexplained = ssl.SSLError()
    unexplained.reason = None  # type: ignore[assignment]  # as the ssl module does

    failures = [
        from_os_error(OSError(), where="The server"),
        from_tls_error(unexplained, Records()),
    ]

    assert [failure.text for failure in failures] == [
        "The server cannot be reached: unknown error.",
        "The TLS handshake failed: unknown reason.",
    ]
