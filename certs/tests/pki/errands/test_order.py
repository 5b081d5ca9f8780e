"""What a process that posts is told, and what it reports."""

import io
import json
import subprocess
import sys

import pytest

from certs.pki.errands import Message
from certs.pki.errands.doorkeeper import RefusedError
from certs.pki.errands.order import carry_out
from certs.tests.pki.errands.sending import message


def always(sentence):
    return lambda _: sentence


FINE = always("")


def told(order, **how):
    """What `carry_out` reports as wrong."""
    return reported(order, **how)["error"]


def reported(order, *, check=FINE, post=FINE, task="post", shut=FINE):
    write = io.BytesIO()
    carry_out(
        [task],
        check=check,
        work=post,
        read=io.BytesIO(order.to_json()),
        write=write,
        shut=shut,
    )
    return json.loads(write.getvalue())


def test_an_order_arrives_as_it_was_given():
    given = message("https://www.example.org/", facts={"a": 1})

    assert told(given, post=lambda arrived: "" if arrived == given else "No.") == ""
    assert Message.from_json(Message(url="x").to_json()).guard is None


def test_long_texts_are_cut():
    long = message("x", title="t" * 1000, body="b" * 100_000)
    short = Message.from_json(long.to_json())

    assert (len(short.title), len(short.body)) == (250, 30_000)


def test_bytes_that_were_wanted_are_handed_over():
    assert reported(message("x"), post=always(b"list")) == {
        "error": "",
        "data": "bGlzdA==",
    }


def test_a_check_posts_nothing():
    def never(message):
        raise AssertionError

    assert told(message("x"), post=never, task="check") == ""
    assert told(message("x"), post=never, check=always("No.")) == "No."


def test_what_fails_unexpectedly_is_told_without_its_words():
    def fail(message):
        raise RuntimeError(message.url)

    assert told(message("secret"), post=fail) == "It failed with RuntimeError."


def test_the_doorkeeper_knows_better_why_it_failed():
    def try_it(hook):
        with pytest.raises(RefusedError):
            hook("socket.connect", (None, ("169.254.169.254", 80)))

    def fail(message):
        raise RuntimeError

    for post_ in (always("Not reached."), fail):
        assert "link-local" in told(message("x"), post=post_, shut=try_it)


def test_what_is_printed_is_lost():
    """Only what is written on purpose leaves the process."""
    code = (
        "from certs.pki.errands.order import own_output\n"
        "mine = own_output()\n"
        "print('a secret', flush=True)\n"
        "mine.write(b'said'); mine.flush()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True
    )

    assert ended.stdout == b"said"
