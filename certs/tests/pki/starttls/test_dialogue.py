"""What a server says in the clear is bounded in each direction."""

import asyncio
import socket

import pytest

from certs.pki.failures import ProbeError
from certs.pki.starttls.dialogue import Dialogue


def listen(said, ask):
    """Return what `ask` makes of a dialogue in which `said` was sent."""

    async def run():
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.settimeout(0)
            loop = asyncio.get_running_loop()
            theirs.settimeout(0)
            sending = asyncio.create_task(loop.sock_sendall(theirs, said))
            try:
                return await ask(Dialogue(ours, server_name=""))
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)

    return asyncio.run(run())


def test_a_line_ends_with_a_line_feed_and_may_have_a_return():
    async def two_lines(dialogue):
        return [await dialogue.line(), await dialogue.line()]

    assert listen(b"a\r\nb\n", two_lines) == [b"a", b"b"]


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (b"x" * 20_000, "The server sent a line without an end."),
        (b"\n" * 501, "The server sent too many lines."),
        (
            (b"x" * 7999 + b"\n") * 9,
            "The server said more than 64 KiB before TLS began.",
        ),
    ],
)
def test_lines_are_bounded_in_length_and_number(said, text):
    async def all_lines(dialogue):
        while True:
            await dialogue.line()

    with pytest.raises(ProbeError, match=text) as caught:
        listen(said, all_lines)

    assert caught.value.code == "starttls_error"


def test_a_message_that_would_be_too_long_is_not_waited_for():
    with pytest.raises(ProbeError, match="announced a message that is too long"):
        listen(b"", lambda dialogue: dialogue.exactly(65_537))


def test_a_connection_that_is_gone_is_told():
    async def talk_to_nobody(dialogue):
        dialogue._connection.shutdown(socket.SHUT_WR)
        await dialogue.say(b"hello")

    with pytest.raises(ProbeError) as caught:
        listen(b"", talk_to_nobody)

    assert caught.value.code == "reset"
