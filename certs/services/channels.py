"""Channels: an address that is sealed, what is posted to it, and what its test said."""

from datetime import datetime
from typing import Any

from django.conf import settings

from accounts import sealing
from certs.models import Channel
from certs.pki import errands

SECONDS = 30.0  # for one message, from the start of its process to the end
CHECK_SECONDS = 10.0  # for a look at an address: somebody waits
UNREADABLE = "No key in SECRETS_KEY opens the address: enter it again."
TEST_TITLE = "Certdesk: test of a channel"
TEST_BODY = "Warnings of the policies that name this channel will arrive here."


class ChannelError(Exception):
    """It was not sent. The text is one sentence, without anything of the address."""


def send(channel: Channel, *, title: str, body: str, facts: dict[str, Any]) -> None:
    """Post a message to `channel`. Raises ChannelError.

    `facts` are for programs: a webhook gets them, in JSON. No transaction may be open,
    for this takes up to SECONDS.
    """
    message = errands.Message(
        url=_opened(channel),
        title=title,
        body=body,
        facts=facts,
        guard=settings.CHECK_GUARD,
    )
    try:
        errands.post(errands.Kind(channel.kind), message, seconds=SECONDS)
    except errands.ErrandError as error:
        raise ChannelError(str(error)) from None


def test(channel: Channel, *, now: datetime) -> str:
    """Send a test message and keep what became of it; return what went wrong.

    The result of an address that was replaced meanwhile is not kept.
    """
    error = ""
    facts = {"kind": "test", "channel": str(channel.pk), "sent_at": now.isoformat()}
    try:
        send(channel, title=TEST_TITLE, body=TEST_BODY, facts=facts)
    except ChannelError as problem:
        error = str(problem)
    same = Channel.objects.filter(pk=channel.pk, sealed_url=channel.sealed_url)
    same.update(tested_at=now, test_error=error)
    return error


def check(kind: str, address: str) -> None:
    """Raise ChannelError unless `address` can be one of that kind; nobody is asked."""
    try:
        errands.check(errands.Kind(kind), address, seconds=CHECK_SECONDS)
    except errands.ErrandError as error:
        raise ChannelError(str(error)) from None


def replace_address(channel: Channel, address: str) -> None:
    """Seal a new address into `channel`, unsaved; what the last test said is over."""
    channel.sealed_url = sealing.seal(address)
    channel.tested_at, channel.test_error = None, ""


def shown(channel: Channel) -> str:
    """Return the scheme of the address and nothing else of it."""
    try:
        scheme, parts, _ = _opened(channel).partition("://")
    except ChannelError as error:
        return str(error)
    return f"{scheme.lower()}://…" if parts else "…"


def _opened(channel: Channel) -> str:
    try:
        return sealing.unseal(channel.sealed_url)
    except sealing.UnreadableSecretError:
        raise ChannelError(UNREADABLE) from None
