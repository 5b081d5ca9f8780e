"""The demo fleet: about forty endpoints that are really there."""

import contextlib
import socket
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Self

from certs.pki.demo import members, servers
from certs.pki.demo.authority import (
    AUTHORITY_AGE,
    AUTHORITY_LIFE,
    Authority,
    Identity,
    Wish,
    issue,
)
from certs.pki.demo.background import Servers, Service, bind
from certs.pki.hostnames import to_ascii
from certs.pki.starttls import StartTLS

DEFAULT_BASE = "127.77.0."
DEFAULT_PORT = 8443

_HANDSHAKE_FAILURE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One endpoint of the fleet: where it is, whose it is, and what `note` says of it.

    `host` is its ASCII name, to be sent as SNI; it is reached at `address` and `port`.
    """

    name: str
    host: str
    address: str
    port: int
    starttls: StartTLS
    team: str
    environment: str
    contact: str
    tags: tuple[str, ...]
    note: str


class Fleet:
    """Runs the fleet while its `with` block lasts, in one background thread.

    Certificates are made on entry, around `now`, an aware datetime. Each member has an
    address of its own, `base` and a number from 1, and `port`; or all share `address`,
    and then `port` should be 0, which gives each a free one.
    """

    def __init__(
        self,
        now: datetime,
        *,
        base: str = DEFAULT_BASE,
        address: str = "",
        port: int = DEFAULT_PORT,
    ) -> None:
        self.now = now.replace(microsecond=0)
        self._base = base
        self._address = address
        self._port = port
        self._open = contextlib.ExitStack()
        self.members: tuple[Member, ...] = ()
        self.roots: tuple[bytes, ...] = ()

    def __enter__(self) -> Self:
        """Start every server. Raises OSError when an address or port is not free."""
        zoo = _Zoo(self.now)
        found: list[Member] = []
        services: list[Service] = []
        with self._open as stack:
            for number, plan in enumerate(members.PLANS, start=1):
                address = self._address or f"{self._base}{number}"
                bound = stack.enter_context(bind(address, self._port))
                found.append(_member(plan, bound))
                handler = zoo.handler(plan)
                if handler is not None:
                    services.append((bound, handler))
            stack.enter_context(Servers(services))
            self._open = stack.pop_all()
        self.members = tuple(found)
        self.roots = (zoo.trusted.root.der,)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open.close()


class _Zoo:
    """The authorities, and what each plan's server does."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self.trusted = Authority("Demo Trust", now=now)
        self._untrusted = Authority("Nobody's", now=now)
        legacy = Wish(
            common_name="Demo Trust Legacy CA",
            not_before=now - AUTHORITY_AGE,
            not_after=now + AUTHORITY_LIFE,
            key_kind="rsa-2048",
            is_ca=True,
        )
        self._issuers: dict[str, Identity | None] = {
            "trusted": self.trusted.intermediate,
            "untrusted": self._untrusted.intermediate,
            "legacy": issue(legacy, issuer=self.trusted.root),
            "itself": None,
        }

    def handler(self, plan: members.Plan) -> servers.Handler | None:
        """Return what a plan's server does, None when nothing listens."""
        if plan.server == "refuses":
            return None
        if plan.server in _WITHOUT_TLS:
            return _WITHOUT_TLS[plan.server]
        identity = self._identity(plan)
        make = partial(servers.make_context, identity)
        if plan.server == "tls-leaf-only":
            make = partial(make, chain=identity.chain[:1])
        if plan.server == "tls-1.2":
            make = partial(make, maximum_version=ssl.TLSVersion.TLSv1_2)
        if plan.server == "tls-mutual":
            make = partial(make, client_root=self.trusted.root.der)
        speak = servers.speak_tls
        if plan.server == "smtp":
            speak = servers.speak_smtp
        return speak(make())

    def _identity(self, plan: members.Plan) -> Identity:
        host = _host(plan)
        wish = Wish(
            common_name=host,
            not_before=self._now + timedelta(days=plan.begins),
            not_after=self._now + timedelta(days=plan.days),
            dns_names=plan.dns_names or (host,),
            key_kind=plan.key_kind,
            is_sha1=plan.is_sha1,
        )
        return issue(wish, issuer=self._issuers[plan.issuer])


_WITHOUT_TLS: dict[str, servers.Handler] = {
    "never-answers": servers.never_answer,
    "plain-http": servers.speak_plain_http,
    "closes": servers.close_at_once,
    "alert": servers.send_alert(_HANDSHAKE_FAILURE),
}


def _host(plan: members.Plan) -> str:
    return to_ascii(plan.host or f"{plan.name}.{members.DOMAIN}")


def _member(plan: members.Plan, bound: socket.socket) -> Member:
    address, port = bound.getsockname()[:2]
    return Member(
        name=plan.name,
        host=_host(plan),
        address=address,
        port=port,
        starttls=StartTLS.SMTP if plan.server == "smtp" else StartTLS.NONE,
        team=plan.team,
        environment=plan.environment,
        contact=plan.contact or members.CONTACTS[plan.team],
        tags=plan.tags,
        note=plan.note,
    )
