"""SMTP_URL → Django's mail settings."""

from typing import Any
from urllib.parse import SplitResult, unquote

from project.env import ConfigurationError

PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
TIMEOUT = 10  # seconds


def from_url(url: SplitResult) -> dict[str, Any]:
    """Return settings for `smtp://`, `smtp+tls://` (STARTTLS) or `smtps://`.

    The URL may hold user, password and port. Without one, mail is printed instead of
    sent. A bare host name, the old SMTPHOST, counts as `smtp://`. Raises
    ConfigurationError for any other scheme.
    """
    if not url.scheme and not url.path:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    scheme, host = (url.scheme, url.hostname) if url.scheme else ("smtp", url.path)
    if scheme not in PORTS or not host:
        problem = "must be smtp://, smtp+tls:// or smtps:// and a host"
        raise ConfigurationError("SMTP_URL", problem)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": host,
        "EMAIL_PORT": url.port or PORTS[scheme],
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_USE_TLS": scheme == "smtp+tls",
        "EMAIL_USE_SSL": scheme == "smtps",
        "EMAIL_TIMEOUT": TIMEOUT,
    }
