"""Values that commands take."""

from argparse import ArgumentTypeError


def positive(text: str) -> int:
    """Return a whole number from 1 up."""
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError(f"{text!r} is no whole number from 1 up")
    return int(text)
