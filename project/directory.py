"""LDAP_… → django-auth-ldap's settings, where a directory knows who people are."""

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult

from project.company import mapping
from project.env import ConfigurationError, Environment

BACKEND = "accounts.directory.DirectoryBackend"
SCHEMES = ("ldap", "ldaps", "ldapi")
GROUP_TYPES = {
    "groupOfNames": "GroupOfNamesType",
    "groupOfUniqueNames": "GroupOfUniqueNamesType",
    "posixGroup": "PosixGroupType",
    "nested": "NestedActiveDirectoryGroupType",
    "group": "ActiveDirectoryGroupType",
}


def from_environment(env: Environment) -> dict[str, Any]:
    """Return settings; none without LDAP_URL, and then its packages are not needed."""
    url = env.url("LDAP_URL")
    if not url.scheme:
        return {}
    if url.scheme not in SCHEMES:
        raise ConfigurationError("LDAP_URL", "must be ldaps://, ldap:// or ldapi://")
    try:
        import ldap  # noqa: PLC0415 - an optional package
        from django_auth_ldap import config  # noqa: PLC0415 - an optional package
    except ImportError as error:
        problem = f"needs more packages: pip install -r requirements-ldap.txt ({error})"
        raise ConfigurationError("LDAP_URL", problem) from error
    where = env.text("LDAP_USER_SEARCH")
    if not where:
        raise ConfigurationError("LDAP_USER_SEARCH", "is not set, but LDAP_URL is")
    user_name = env.text("LDAP_USER_NAME", "uid")
    settings = {
        "AUTH_LDAP_SERVER_URI": url.geturl(),
        "AUTH_LDAP_BIND_DN": env.text("LDAP_BIND_DN"),
        "AUTH_LDAP_BIND_PASSWORD": env.text("LDAP_BIND_PASSWORD"),
        "AUTH_LDAP_USER_SEARCH": config.LDAPSearch(
            where,
            ldap.SCOPE_SUBTREE,
            env.text("LDAP_USER_FILTER", f"({user_name}=%(user)s)"),
        ),
        "AUTH_LDAP_START_TLS": _starts_tls(env, url),
        "AUTH_LDAP_CONNECTION_OPTIONS": _options(env, ldap, url),
        "LDAP_USER_NAME": user_name,
        "LDAP_MAIL": env.text("LDAP_MAIL", "mail"),
        "LDAP_NAME": env.text("LDAP_NAME", "cn"),
        "LDAP_MAPPING": mapping(env, "LDAP"),
        "LDAP_LINK": env.flag("LDAP_LINK", default=False),
    }
    groups = env.text("LDAP_GROUP_SEARCH")
    if groups:
        kind = env.choice("LDAP_GROUP_TYPE", "groupOfNames", among=tuple(GROUP_TYPES))
        settings["AUTH_LDAP_GROUP_TYPE"] = getattr(config, GROUP_TYPES[kind])()
        settings["AUTH_LDAP_GROUP_SEARCH"] = config.LDAPSearch(
            groups,
            ldap.SCOPE_SUBTREE,
            env.text("LDAP_GROUP_FILTER", "(objectClass=*)"),
        )
    elif env.text("LDAP_ROLES") or env.text("LDAP_TEAMS"):
        problem = "is not set, but LDAP_ROLES or LDAP_TEAMS is"
        raise ConfigurationError("LDAP_GROUP_SEARCH", problem)
    return settings


def _starts_tls(env: Environment, url: SplitResult) -> bool:
    """Passwords go over the line: without TLS only where somebody says so."""
    return url.scheme == "ldap" and env.flag("LDAP_STARTTLS", default=True)


def _options(env: Environment, ldap: Any, url: SplitResult) -> dict[int, Any]:
    seconds = env.integer("LDAP_TIMEOUT", 5, low=1, high=60)
    options: dict[int, Any] = {
        ldap.OPT_NETWORK_TIMEOUT: seconds,
        ldap.OPT_TIMEOUT: seconds,
        ldap.OPT_REFERRALS: 0,  # what Active Directory refers to cannot be asked
    }
    if url.scheme != "ldapi":
        options[ldap.OPT_X_TLS_REQUIRE_CERT] = ldap.OPT_X_TLS_DEMAND
        path = env.text("LDAP_CA_FILE")
        if path:
            if not Path(path).is_file():
                raise ConfigurationError("LDAP_CA_FILE", f"names no file: {path}")
            options[ldap.OPT_X_TLS_CACERTFILE] = path
        options[ldap.OPT_X_TLS_NEWCTX] = 0  # last: takes the others over
    return options
