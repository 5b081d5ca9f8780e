"""What people write of an endpoint, made into what the inventory keeps.

One rule for the form and for the rows of a file. Each raises ValidationError with a
sentence for who wrote it.
"""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email, validate_slug

from certs.models import Tag
from certs.pki.addresses import Address, InvalidAddressError, parse_address
from certs.pki.hostnames import InvalidHostError, to_ascii

DEFAULT_PORT = 443
MAX_CONTACTS = 50
MAX_TAGS = 20


def address(text: str) -> Address:
    """Return the host, and the port if one came with it."""
    try:
        return parse_address(text)
    except InvalidAddressError as error:
        raise ValidationError(str(error), code="invalid") from error


def port(given: int | None, *, pasted: int | None, shown: int | None = None) -> int:
    """Return the port pasted with the host, else the one given beside it, else 443.

    `shown` is one that was there before anybody wrote: what is pasted replaces it.
    """
    if pasted is None:
        return DEFAULT_PORT if given is None else given
    if given not in (None, pasted, shown):
        raise ValidationError(
            f"The host field says port {pasted}. Leave one of them out."
        )
    return pasted


def server_name(text: str) -> str:
    """Return the name to ask for, empty if it is the host."""
    try:
        return to_ascii(text) if text else ""
    except InvalidHostError as error:
        raise ValidationError(str(error), code="invalid") from error


def contacts(addresses: Iterable[str]) -> list[str]:
    """Return mail addresses, each once."""
    emails = list(dict.fromkeys(each.lower() for each in addresses))
    if len(emails) > MAX_CONTACTS:
        raise ValidationError(f"At most {MAX_CONTACTS} contacts can be told.")
    for email in emails:
        try:
            validate_email(email)
        except ValidationError as error:
            raise ValidationError(f"“{email[:100]}” is no mail address.") from error
    return emails


def tags(text: str) -> list[str]:
    """Return the words between spaces and commas, each once."""
    names = list(dict.fromkeys(text.replace(",", " ").lower().split()))
    if len(names) > MAX_TAGS:
        raise ValidationError(f"At most {MAX_TAGS} tags fit on an endpoint.")
    for name in names:
        validate_slug(name)
        MaxLengthValidator(Tag._meta.get_field("name").max_length)(name)
    return names
