"""One piece of a file, whatever kind of file it is from."""

from dataclasses import dataclass

PRIVATE_KEY = "a private key"
REVOCATION_LIST = "a revocation list"
SIGNING_REQUEST = "a signing request"
PUBLIC_KEY = "a public key"
SECRET = "a secret"  # noqa: S105 - the word, not one
SOMETHING_ELSE = "something else"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A certificate's DER, what is wrong with it, or what stands there instead.

    `der` may still turn out to be no certificate. `error` goes on after "The input" or
    "Certificate 2 of the input". A piece that is something else has neither, only
    `other`, its kind in words: its bytes are not kept. `problem` is a sentence about
    the file that holds the pieces.
    """

    der: bytes = b""
    error: str = ""
    other: str = ""
    problem: str = ""
