"""OIDC_… → allauth's settings for the company's own sign-in, by OpenID Connect."""

from typing import Any
from urllib.parse import SplitResult

from accounts.mapping import Mapping
from accounts.roles import Role
from project.env import ConfigurationError, Environment

NOBODY = "none"


def from_environment(env: Environment) -> dict[str, Any]:
    """Return settings; without OIDC_ISSUER nobody comes in this way."""
    issuer = env.url("OIDC_ISSUER")
    return {
        "SOCIALACCOUNT_ADAPTER": "accounts.company.door.CompanyDoor",
        "SOCIALACCOUNT_PROVIDERS": {
            "openid_connect": {
                "provider_class": "accounts.company.provider.CompanyProvider",
                "APPS": [_app(env, issuer)] if issuer.scheme else [],
            }
        },
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT": True,
        "SOCIALACCOUNT_STORE_TOKENS": False,
        "OIDC_CLAIM": env.text("OIDC_CLAIM", "groups"),
        "OIDC_MAPPING": mapping(env, "OIDC"),
        "OIDC_CREATE_ACCOUNTS": env.flag("OIDC_CREATE_ACCOUNTS", default=True),
    }


def _app(env: Environment, issuer: SplitResult) -> dict[str, Any]:
    is_local = issuer.hostname in {"127.0.0.1", "::1", "localhost"}
    if not issuer.hostname or not (
        issuer.scheme == "https" or (issuer.scheme == "http" and is_local)
    ):
        problem = "must be https:// and a host, or http:// on this machine"
        raise ConfigurationError("OIDC_ISSUER", problem)
    client = env.text("OIDC_CLIENT_ID")
    if not client:
        raise ConfigurationError("OIDC_CLIENT_ID", "is not set, but OIDC_ISSUER is")
    return {
        "provider_id": "company",
        "name": env.text("OIDC_NAME", "your company"),
        "client_id": client,
        "secret": env.text("OIDC_CLIENT_SECRET"),
        "settings": {
            "server_url": issuer.geturl().rstrip("/"),
            "oauth_pkce_enabled": True,
            "scope": ["openid", "profile", "email", *env.words("OIDC_SCOPES")],
            "email_authentication": env.flag("OIDC_LINK_BY_EMAIL", default=False),
        },
    }


def mapping(env: Environment, prefix: str) -> Mapping:
    """Return what `OIDC_ROLES`, `LDAP_TEAMS` and their like say."""
    name = f"{prefix}_DEFAULT_ROLE"
    words = (*Role.values, NOBODY)
    default = env.choice(name, Role.VIEWER, among=words)
    return Mapping(
        roles=tuple(
            _role(f"{prefix}_ROLES", *pair) for pair in env.pairs(f"{prefix}_ROLES")
        ),
        teams=tuple(env.pairs(f"{prefix}_TEAMS")),
        default=None if default == NOBODY else Role(default),
    )


def _role(name: str, group: str, value: str) -> tuple[str, Role]:
    for role in Role:
        if role.value.lower() == value.lower():
            return group, role
    among = ", ".join(Role.values)
    raise ConfigurationError(name, f"gives {value!r}, which is none of {among}")
