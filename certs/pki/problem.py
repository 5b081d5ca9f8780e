"""Something odd about a certificate that can still be read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing a certificate does that RFC 5280 forbids, or that we cannot read.

    `code` is stable and in kebab-case; `sentence` is for people and holds no text
    from the certificate.
    """

    code: str
    sentence: str
