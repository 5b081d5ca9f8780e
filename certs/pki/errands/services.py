"""Whatever Apprise can post to, but for what would run on this machine."""

import logging
import re
from typing import Any

import apprise
from apprise.manager_plugins import NotificationManager

from certs.pki.errands.message import Message
from certs.pki.errands.order import run

# Desktops, devices and logs of the machine itself.
LOCAL = frozenset(
    {
        "blink1",
        "dbus",
        "exec",
        "gio",
        "glib",
        "gnome",
        "kde",
        "macosx",
        "qt",
        "syslog",
        "windows",
    }
)
BY_NAME = frozenset({"http", "https"})  # some services are known by their web address
UNKNOWN = (
    "Apprise knows no such service: an address begins like slack:// or tgram://, and is"
    " complete."
)
_PLUGINS: Any = NotificationManager()  # type: ignore[no-untyped-call]  # has no types
_LOG = logging.getLogger(apprise.LOGGER_NAME)
_STATUS = re.compile(r"\berror\s*=\s*([1-5][0-9]{2})\b")


class Statuses(logging.Handler):
    """Keeps nothing of what Apprise logs but the last status of an answer."""

    last = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Look for a status in the text of `record`."""
        if found := _STATUS.search(record.getMessage()):
            self.last = found[1]


def refusal(url: str) -> str:
    """Return a sentence that says why nothing can be posted to `url`, or nothing."""
    scheme, parts, rest = url.partition("://")
    scheme = scheme.lower()
    if not parts or (not rest and scheme not in LOCAL):
        return UNKNOWN
    if scheme in LOCAL:
        return "That service runs on this machine: only those elsewhere can be told."
    if scheme not in BY_NAME and scheme not in _PLUGINS:
        return UNKNOWN
    if scheme not in BY_NAME and not _PLUGINS[scheme].enabled:
        return "Apprise lacks a library for that service on this machine."
    return "" if _service(url) else UNKNOWN


def post(message: Message) -> str:
    """Post `message`; return a sentence that says what went wrong, or nothing."""
    heard = Statuses()
    _LOG.addHandler(heard)
    try:
        services = apprise.Apprise(asset=_asset())
        services.add(message.url)
        is_posted = services.notify(
            body=message.body or message.title,
            title=message.title,
            body_format=apprise.NotifyFormat.TEXT,
            notify_type=apprise.NotifyType.WARNING,
        )
    finally:
        _LOG.removeHandler(heard)
    if is_posted:
        return ""
    if heard.last:
        return f"The service answered with status {heard.last}."
    return "The service could not be reached, or did not take the message."


def _service(url: str) -> apprise.NotifyBase | None:
    found = apprise.Apprise.instantiate(url, asset=_asset(), suppress_exceptions=True)
    return found if isinstance(found, apprise.NotifyBase) else None


def _asset() -> apprise.AppriseAsset:
    """Return Apprise's settings: nothing on the disk, one thing at a time."""
    return apprise.AppriseAsset(
        app_id="Certdesk",
        app_desc="Certdesk",
        app_url="",
        async_mode=False,
        secure_logging=True,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
    )


if __name__ == "__main__":  # pragma: no cover - runs as a process of its own
    run(check=refusal, work=post)
