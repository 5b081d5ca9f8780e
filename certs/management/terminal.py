"""Text for a terminal."""


def printable(text: str) -> str:
    """Return text from the network without what could steer a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
