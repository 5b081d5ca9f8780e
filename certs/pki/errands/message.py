"""What is posted, and its way into the process that posts it."""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_network
from typing import Any, Self

from certs.pki.guard import Guard

MOST_TITLE = 250  # characters; services cut earlier or later by themselves
MOST_BODY = 30_000


class Kind(StrEnum):
    """How an address is understood."""

    APPRISE = "apprise"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message, where it goes, and which addresses may be connected to for it."""

    url: str = field(repr=False)  # a secret
    title: str = ""
    body: str = ""
    facts: dict[str, Any] = field(default_factory=dict)  # for programs
    guard: Guard | None = None  # None: nothing may be connected to

    def to_json(self) -> bytes:
        """Return the message as the other process reads it."""
        guard = self.guard and {
            "allow_loopback": self.guard.allow_loopback,
            "allow": [str(network) for network in self.guard.allow],
            "deny": [str(network) for network in self.guard.deny],
        }
        order = {
            "url": self.url,
            "title": self.title[:MOST_TITLE],
            "body": self.body[:MOST_BODY],
            "facts": self.facts,
            "guard": guard,
        }
        return json.dumps(order, default=str).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Return what `to_json` made."""
        order = json.loads(data)
        guard = order["guard"]
        if guard is not None:
            order["guard"] = Guard(
                allow_loopback=guard["allow_loopback"],
                allow=tuple(map(ip_network, guard["allow"])),
                deny=tuple(map(ip_network, guard["deny"])),
            )
        return cls(**order)
