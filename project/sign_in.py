"""The ways in: passwords of ours, a directory, the company's own sign-in."""

from typing import Any

from project import company, directory
from project.env import ConfigurationError, Environment


def from_environment(env: Environment) -> dict[str, Any]:
    """Return the settings of all of them, and who answers for passwords."""
    settings = company.from_environment(env) | directory.from_environment(env)
    providers = settings["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]["APPS"]
    by_directory = "AUTH_LDAP_SERVER_URI" in settings
    by_password = env.flag("LOCAL_PASSWORDS", default=True)
    if not by_password and not providers and not by_directory:
        problem = "is no, and there is neither OIDC_ISSUER nor LDAP_URL: nobody gets in"
        raise ConfigurationError("LOCAL_PASSWORDS", problem)
    backends = [
        "accounts.backends.PasswordBackend"
        if by_password
        else "accounts.backends.RightsBackend"
    ]
    if by_directory:
        backends.append(directory.BACKEND)
    is_open = env.choice("REGISTRATION", "closed", among=("closed", "open")) == "open"
    if is_open and not by_password:
        raise ConfigurationError("REGISTRATION", "is open, but LOCAL_PASSWORDS is no")
    return settings | {
        "AUTHENTICATION_BACKENDS": backends,
        "LOCAL_PASSWORDS": by_password,
        "REGISTRATION_OPEN": is_open,
        "REGISTRATION_DOMAINS": [
            domain.lower().lstrip("@") for domain in env.words("REGISTRATION_DOMAINS")
        ],
    }
