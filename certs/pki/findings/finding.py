"""One finding: its kind, and what it is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from certs.pki.findings.catalogue import KINDS, Kind, Severity
from certs.pki.findings.commands import command

# A value longer than this is cut where people read it: names come from certificates.
_SHOWN_CHARACTERS = 200


class _Shown(dict[str, str]):
    """Values as they are shown; what a finding does not say is a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about an endpoint that people should know.

    `code` is a key of `KINDS`, `about` has the values for its sentence. Raises
    ValueError for a code that is not in the catalogue.
    """

    code: str
    about: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.code not in KINDS:
            raise ValueError("There is no such kind of finding.")

    @property
    def kind(self) -> Kind:
        """What all findings with this code have in common."""
        return KINDS[self.code]

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.kind.severity

    @property
    def sentence(self) -> str:
        """What is the case. It may hold text from a certificate: escape it."""
        return self._fill(self.kind.sentence)

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return self._fill(self.kind.remedy)

    def command(
        self, host: str, port: int, *, server_name: str = "", starttls: str = ""
    ) -> str:
        """Return a command line to paste that shows the finding."""
        return command(
            self.kind.look,
            self.about,
            host=host,
            port=port,
            server_name=server_name,
            starttls=starttls,
        )

    def to_json(self) -> dict[str, Any]:
        """Return the finding as what JSON has."""
        return {"code": self.code, "about": dict(self.about)}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        """Return the finding that `to_json` made `plain` of. Raises ValueError."""
        try:
            about = {str(key): str(value) for key, value in plain["about"].items()}
            return cls(code=str(plain["code"]), about=about)
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError("This is not a finding.") from error

    def _fill(self, template: str) -> str:
        return template.format_map(
            _Shown({key: _shown(value) for key, value in self.about.items()})
        )


def _shown(value: str) -> str:
    """Return `value` in one line and not too long."""
    printable = "".join(c if c.isprintable() else "." for c in value)
    if len(printable) > _SHOWN_CHARACTERS:
        return printable[: _SHOWN_CHARACTERS - 1] + "…"
    return printable
