"""The whole content of a database, from one engine to another or into a file."""


class TransportError(Exception):
    """Why nothing was carried, in a sentence for who asked."""
