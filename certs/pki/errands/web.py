"""What all errands to web addresses have in common."""

from urllib.parse import urlsplit

TIMEOUTS = (5.0, 10.0)  # seconds to connect, and of silence
USER_AGENT = "Certdesk"


def is_address(url: str) -> bool:
    """Whether `url` begins with http:// or https:// and names a host."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and port != 0
