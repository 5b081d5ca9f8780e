"""What a server said, cut to what may be shown to people."""

MAX_CHARACTERS = 40


def excerpt(data: bytes) -> str:
    """Return the first line of `data`: at most 40 characters, others as dots."""
    text = data.decode("latin-1").strip().partition("\n")[0].strip()
    printable = (c if c.isascii() and c.isprintable() else "." for c in text)
    return "".join(printable)[:MAX_CHARACTERS]
