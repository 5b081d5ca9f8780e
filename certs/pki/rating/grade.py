"""The letters, the reasons for them, and what must be known of a certificate."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Grade(StrEnum):
    """A grade, the best first; T is for no trust and M for another host's name."""

    A_PLUS = "A+"
    A = "A"
    A_MINUS = "A-"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"
    M = "M"
    T = "T"

    @property
    def rank(self) -> int:
        """Its place in the order, 0 for the best."""
        return list(Grade).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a grade is no better than `grade`; `cause` completes “B because …”."""

    grade: Grade
    cause: str

    def __str__(self) -> str:
        return f"{self.grade} because {self.cause}."


class CertificateFacts(Protocol):
    """What of a certificate its server's grade depends on."""

    @property
    def key_algorithm(self) -> str:
        """RSA, ECDSA, DSA, Ed25519, Ed448 or another name."""

    @property
    def key_size(self) -> int:
        """In bits, 0 where there is one size only or it is not known."""

    @property
    def signature_algorithm(self) -> str:
        """As the RFCs spell it."""
