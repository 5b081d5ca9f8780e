"""What the cells of a row say of an endpoint, by the rules of the form."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Choices

from certs.models import Endpoint
from certs.models.starttls import StartTLSChoices
from certs.pki import starttls
from certs.pki.addresses import Address
from certs.services import description
from certs.services.intake.rows import MAX_CELL

Given = ParamSpec("Given")
Value = TypeVar("Value")
Place = tuple[str, int, str, str]  # what an endpoint is known by
NO_STARTTLS = ("", "no", "none", "tls")

_SEPARATORS = re.compile(r"[\s,;]+")
_PORT = forms.IntegerField(required=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row in the inventory's terms. What its cells leave empty, it says nothing of.

    The team is as it was written.
    """

    place: Place
    team: str
    environment: str
    notes: str
    contacts: list[str]
    tags: list[str]


def place(cells: Mapping[str, str]) -> Place:
    """Return which endpoint a row is about. Raises ValidationError."""
    problems: dict[str, list[str]] = {}
    found = _place(cells, problems)
    if problems:
        raise ValidationError(problems)
    return found


def entry(cells: Mapping[str, str]) -> Entry:
    """Return what a row says. Raises ValidationError with all that is wrong in it."""
    problems = {
        column: [f"At most {MAX_CELL:,} letters fit in here."]
        for column, cell in cells.items()
        if len(cell) > MAX_CELL
    }
    if problems:
        raise ValidationError(problems)
    found = Entry(
        place=_place(cells, problems),
        team=cells.get("team", ""),
        environment=_try(problems, "environment", _environment, cells, or_else=""),
        notes=cells.get("notes", ""),
        contacts=_try(problems, "contacts", _contacts, cells, or_else=[]),
        tags=_try(problems, "tags", _tags, cells, or_else=[]),
    )
    host, port, server_name, spoken = found.place
    described = Endpoint(host=host, port=port, server_name=server_name, starttls=spoken)
    try:
        described.clean_fields(exclude=["team", *problems])
    except ValidationError as error:
        problems |= error.message_dict
    if problems:
        raise ValidationError(problems)
    return found


def _place(cells: Mapping[str, str], problems: dict[str, list[str]]) -> Place:
    none = Address(host="", port=None)
    host = cells["host"]
    address = _try(problems, "host", description.address, host, or_else=none)
    port = _try(problems, "port", _port, cells, address.port, or_else=0)
    name = cells.get("server_name", "")
    return (
        address.host,
        port,
        _try(problems, "server_name", description.server_name, name, or_else=""),
        _try(problems, "starttls", _starttls, cells, port, or_else=""),
    )


def _try(
    problems: dict[str, list[str]],
    column: str,
    read: Callable[..., Value],
    *given: object,
    or_else: Value,
) -> Value:
    """Return what was read; what is wrong with it is noted under its column."""
    try:
        return read(*given)
    except ValidationError as error:
        problems[column] = error.messages
        return or_else


def _port(cells: Mapping[str, str], pasted: int | None) -> int:
    given: int | None = _PORT.clean(cells.get("port", ""))
    return description.port(given, pasted=pasted)


def _starttls(cells: Mapping[str, str], port: int) -> str:
    """Return what the cell says; as usual on the port where there is no column."""
    if "starttls" not in cells:
        return starttls.guess(port).value
    said = cells["starttls"]
    if said.casefold() in NO_STARTTLS:
        return ""
    return _chosen(StartTLSChoices, said, what="no STARTTLS that is known here")


def _environment(cells: Mapping[str, str]) -> str:
    said = cells.get("environment", "")
    return _chosen(Endpoint.Environment, said, what="no environment") if said else ""


def _chosen(choices: type[Choices], said: str, *, what: str) -> str:
    """Return the choice that is called so, by its value or its label."""
    for value, label in choices.choices:
        if value and said.casefold() in (value.casefold(), str(label).casefold()):
            return str(value)
    known = ", ".join(str(value) for value in choices.values if value)
    raise ValidationError(f"“{said[:50]}” is {what}; known are {known}.")


def _contacts(cells: Mapping[str, str]) -> list[str]:
    said = _SEPARATORS.split(cells.get("contacts", ""))
    return description.contacts(filter(None, said))


def _tags(cells: Mapping[str, str]) -> list[str]:
    return description.tags(cells.get("tags", "").replace(";", " "))
