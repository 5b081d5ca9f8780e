"""Values that commands take."""

from argparse import ArgumentTypeError

LONGEST_WAIT = 60  # seconds


def positive(text: str) -> int:
    """Return a whole number from 1 up."""
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError(f"{text!r} is no whole number from 1 up")
    return int(text)


def seconds(text: str) -> int:
    """Return a time to wait for one connection, bounded as CHECK_TIMEOUT is."""
    is_short = text.isdecimal() and len(text) <= len(str(LONGEST_WAIT))
    if not is_short or not 1 <= int(text) <= LONGEST_WAIT:
        raise ArgumentTypeError(
            f"{text!r} is no whole number of seconds from 1 to {LONGEST_WAIT}"
        )
    return int(text)
