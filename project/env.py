"""Typed readers of the environment. A wrong value is one sentence, never a guess."""

import os
import secrets
import shlex
from collections.abc import Mapping
from email.utils import getaddresses
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured
from dotenv import dotenv_values

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})
SAFE_LENGTH = 32  # characters of a key; the recipe makes twice as many
RECIPE = 'Make one: python -c "import secrets; print(secrets.token_urlsafe(50))"'
# What the people of a role, and of the roles above it, may do.
RIGHTS = {
    "viewer": "certs.view_endpoint",
    "editor": "certs.change_endpoint",
    "administrator": "accounts.act_for_every_team",
}


class ConfigurationError(ImproperlyConfigured):
    """A variable of the environment has a value that cannot be used."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name} {problem}")


class Environment:
    """Variables by name; an empty one counts as not set.

    `NAME_FILE` may name a file that holds the value of `NAME`, the habit of container
    secrets. Every reader raises ConfigurationError with the variable's name in it.
    """

    def __init__(self, values: Mapping[str, str | None]) -> None:
        self._values = values

    @classmethod
    def from_process(cls, directory: Path) -> "Environment":
        """Return the process's variables over those of the env file.

        The file is CERTDESK_ENV_FILE, or `.env` in `directory` where there is one.
        """
        named = os.environ.get("CERTDESK_ENV_FILE")
        path = Path(named) if named else directory / ".env"
        if named and not path.exists():
            raise ConfigurationError("CERTDESK_ENV_FILE", f"names no file: {path}")
        return cls({**dotenv_values(path, interpolate=False), **os.environ})

    def text(self, name: str, default: str = "", *, formerly: str = "") -> str:
        """Return the value of `name`, else of its former name, else `default`."""
        for candidate in filter(None, (name, formerly)):
            value = (self._values.get(candidate) or "").strip()
            path = (self._values.get(f"{candidate}_FILE") or "").strip()
            if not value and path:
                value = _read(f"{candidate}_FILE", Path(path))
            if value:
                return value
        return default

    def flag(self, name: str, *, default: bool) -> bool:
        """Yes or no."""
        value = self.text(name).lower()
        if value in TRUE:
            return True
        if value in FALSE:
            return False
        if value:
            raise ConfigurationError(name, f"must be yes or no, not {value!r}")
        return default

    def integer(self, name: str, default: int, *, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both allowed."""
        value = self.text(name)
        if not value:
            return default
        if not value.isdecimal() or not low <= int(value) <= high:
            problem = f"must be a whole number from {low} to {high}, not {value!r}"
            raise ConfigurationError(name, problem)
        return int(value)

    def choice(self, name: str, default: str, *, among: tuple[str, ...]) -> str:
        """One of a few words; upper or lower case makes no difference."""
        value = self.text(name, default)
        for word in among:
            if value.lower() == word.lower():
                return word
        problem = f"must be one of {', '.join(among)}, not {value!r}"
        raise ConfigurationError(name, problem)

    def words(self, name: str, default: str = "") -> list[str]:
        """Return a list, its items apart by commas or spaces."""
        return self.text(name, default).replace(",", " ").split()

    def pairs(self, name: str) -> list[tuple[str, str]]:
        """Return a list such as `admins=Administrator "Web team"=web`."""
        try:
            items = shlex.split(self.text(name), comments=False, posix=True)
        except ValueError as error:
            raise ConfigurationError(name, f"cannot be read: {error}") from error
        pairs = []
        for item in items:
            left, _, right = item.rstrip(",").rpartition("=")
            if not left or not right:
                problem = f"must list pairs such as group=value, and {item!r} is none"
                raise ConfigurationError(name, problem)
            pairs.append((left, right))
        return pairs

    def people(self, name: str) -> list[tuple[str, str]]:
        """Names and mail addresses: `Ann <ann@example.org>, bob@example.org`."""
        people = getaddresses([self.text(name)]) if self.text(name) else []
        for _, address in people:
            local, _, domain = address.rpartition("@")
            if not local or not domain:
                problem = f"must list mail addresses, and {address!r} is none"
                raise ConfigurationError(name, problem)
        return people

    def zone(self, name: str, default: str) -> str:
        """Return the name of a time zone in the IANA database."""
        value = self.text(name, default)
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            problem = f"must name a time zone such as Europe/Oslo, not {value!r}"
            raise ConfigurationError(name, problem) from error
        return value

    def url(self, name: str, default: str = "", *, formerly: str = "") -> SplitResult:
        """Return a URL, taken apart; one with no scheme if there is none."""
        try:
            parts = urlsplit(self.text(name, default, formerly=formerly))
            # MongoDB's may name several hosts, which its driver takes apart.
            if not parts.scheme.startswith("mongodb"):
                _ = parts.port  # a number from 0 to 65535, or ValueError
        except ValueError as error:
            raise ConfigurationError(name, f"is no usable URL: {error}") from error
        return parts


def _read(name: str, path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(name, f"cannot be read: {error}") from error


def secret_key(env: Environment, *, production: bool, path: Path) -> str:
    """Return SECRET_KEY; outside production one is made at `path`, for its owner alone.

    Raises ConfigurationError in production when there is none, or a short one.
    """
    key = env.text("SECRET_KEY")
    if production and not key:
        raise ConfigurationError("SECRET_KEY", f"is not set. {RECIPE}")
    if key and len(key) < SAFE_LENGTH:
        raise ConfigurationError("SECRET_KEY", f"is too short to be safe. {RECIPE}")
    return key or _kept_key(path)


def secrets_keys(env: Environment, *, fallback: str) -> list[str]:
    """Return the keys of SECRETS_KEY, then `fallback`: the first one seals, all open.

    Raises ConfigurationError for a short one.
    """
    keys = env.words("SECRETS_KEY")
    if any(len(key) < SAFE_LENGTH for key in keys):
        raise ConfigurationError("SECRETS_KEY", f"is too short to be safe. {RECIPE}")
    return [*keys, fallback]


def second_factor_rights(env: Environment, *, default: str) -> list[str]:
    """Return the rights that take a second factor, from the roles that are named.

    Raises ConfigurationError for a role that there is not.
    """
    roles = [word.lower() for word in env.words("SECOND_FACTOR_REQUIRED", default)]
    if roles == ["none"]:
        return []
    for role in roles:
        if role not in RIGHTS:
            problem = f"must be none, or name roles, and {role!r} is none"
            raise ConfigurationError("SECOND_FACTOR_REQUIRED", problem)
    return [RIGHTS[role] for role in roles]


def _kept_key(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)  # whole or not at all, and only one process wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
