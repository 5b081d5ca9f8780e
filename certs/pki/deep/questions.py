"""The questions of one deep check, in their order."""

import contextlib
from collections.abc import Sequence

from certs.pki.deep import hsts
from certs.pki.deep.answer import Answer, Kind
from certs.pki.deep.asking import Asker
from certs.pki.deep.facts import Facts
from certs.pki.deep.walks import ModernWalk, OldWalk, SuiteWalk
from certs.pki.groups import CURVES, Group
from certs.pki.hello import Hello, encode, encode_ssl2
from certs.pki.suites import (
    BY_NUMBER,
    SSL2,
    SSL3,
    TLS11,
    TLS12,
    TLS13,
    Suite,
    usable_in,
)
from certs.pki.target import Target

_PROTOCOL_VERSION = 70  # the alert
# Ports of other protocols (IANA): no HTTP request is sent there.
_NOT_HTTP = frozenset(
    {21, 24, 25, 110, 119, 143, 389, 587, 2525, 5222, 6667}
    | {465, 563, 636, 853, 989, 990, 992, 993, 994, 995, 2484, 3269, 3306, 3389, 4190}
    | {5061, 5223, 5269, 5270, 5432, 5671, 6379, 6514, 6697, 8883}
)
# In the names of the suites that most servers have some of.
_COMMON = ("_AES_128_", "_AES_256_", "_CHACHA20_", "_3DES_", "_RC4_128_")


class Check:
    """One deep check under way, the most telling questions first."""

    def __init__(self, asker: Asker, target: Target) -> None:
        """Prepare to ask `target` through `asker`."""
        self._asker, self._target = asker, target
        self.facts = Facts()
        self.modern = ModernWalk()
        self.tls12 = SuiteWalk(TLS12, usable_in(TLS12))
        self.weak: list[Suite] = []
        self.old: dict[int, OldWalk] = {}
        self.policy: hsts.Policy | None = None
        # Whether a server has balked at a long ClientHello, for whatever reason.
        self._is_fussy = False
        self.is_tls13_known = False

    @property
    def versions(self) -> tuple[int, ...]:
        """The versions that the server has agreed to, the newest first."""
        modern = (TLS13,) if self.modern.found else ()
        tls12 = (TLS12,) if self.tls12.found else ()
        ssl2 = (SSL2,) if self.facts.has_ssl2 else ()
        return (*modern, *tls12, *sorted(self.old, reverse=True), *ssl2)

    async def run(self) -> None:
        """Ask everything. Raises ProbeError and SpentError."""
        await self._ask_tls12()
        await self._ask_old_versions()
        await self._ask_for_weak_suites()
        await self._ask_tls13()
        await self._ask_for_policy()
        await self._walk(self.tls12)
        await self._ask_for_curves()
        for version in sorted(self.old):
            await self._walk(self.old[version])

    async def _ask(
        self,
        version: int,
        suites: Sequence[Suite],
        groups: Sequence[Group] = CURVES,
        *,
        asks_extras: bool = False,
    ) -> Answer:
        """Ask one question and note what the answer says beside its suite."""
        hello = Hello(
            version=version,
            suites=tuple(suites),
            groups=tuple(groups),
            server_name=self._target.server_name or self._target.host,
            asks_extras=asks_extras,
        )
        answer = await self._asker.ask(encode(hello))
        self.facts.note(answer, hello)
        return answer

    async def _walk(self, walk: SuiteWalk | OldWalk) -> None:
        while not walk.is_done:
            walk.take(await self._ask(walk.version, walk.offer))

    async def _ask_tls12(self) -> None:
        """Offer TLS 1.2 everything; a server that balks at so much, what is common."""
        answer = await self._ask(TLS12, self.tls12.offer, asks_extras=True)
        if answer.kind is not Kind.HELLO and answer.alert != _PROTOCOL_VERSION:
            self._is_fussy = True
            self.tls12 = SuiteWalk(TLS12, _common(self.tls12.left))
            answer = await self._ask(TLS12, self.tls12.offer)
        self.tls12.take(answer)

    async def _ask_old_versions(self) -> None:
        """Offer TLS 1.1: a server answers with the best it has up to there.

        RFC 5246 section E.1. So a server without any old version needs one question,
        and one more if it did not say that the version is the reason.
        """
        version = TLS11
        while version >= SSL3:
            suites = usable_in(version)
            answer = await self._ask(
                version,
                _common(suites) if self._is_fussy else suites,
                asks_extras=not self._is_fussy,
            )
            if answer.kind is Kind.HELLO:
                self._note_old(answer)
                version = answer.version - 1
            elif version > SSL3 and answer.alert != _PROTOCOL_VERSION:
                version = SSL3
            else:
                break
        answer = await self._asker.ask(encode_ssl2())
        self.facts.has_ssl2 = answer.version == SSL2

    def _note_old(self, answer: Answer) -> None:
        chosen = BY_NUMBER[answer.suite]
        self.old[answer.version] = OldWalk(answer.version, chosen, self.tls12)

    async def _ask_for_weak_suites(self) -> None:
        """Offer TLS 1.2 the weak suites alone, lest the walk end before they come."""
        weak = [suite for suite in self.tls12.left if suite.is_weak]
        if self.tls12.found and weak:
            answer = await self._ask(TLS12, weak)
            if answer.version == TLS12:
                self.weak.append(BY_NUMBER[answer.suite])
            if answer.is_refusal:
                self.tls12.drop(weak)

    async def _ask_tls13(self) -> None:
        has_gap = self.facts.has_gap
        while not self.modern.is_done:
            self.modern.take(await self._ask(TLS13, *self.modern.offer))
        self.is_tls13_known = self.facts.has_gap == has_gap

    async def _ask_for_policy(self) -> None:
        """Ask for the HTTP header, where there may be HTTP."""
        is_http = self._target.port not in _NOT_HTTP and not self._target.starttls
        if not (is_http and self.versions):
            return
        host = self._target.server_name or self._target.host
        with contextlib.suppress(OSError):  # of which TimeoutError is one
            async with self._asker.connection() as connection:
                self.policy = await hsts.read_policy(connection, host=host)

    async def _ask_for_curves(self) -> None:
        """Ask for the curves, where TLS 1.3 did not name the groups."""
        suites = [each for each in self.tls12.found if each.key_exchange == "ECDHE"]
        if self.modern.groups or not suites:
            return
        before = -1
        while len(self.facts.curves) > before:
            before = len(self.facts.curves)
            left = [each for each in CURVES if each not in self.facts.curves]
            await self._ask(TLS12, suites, left)


def _common(suites: Sequence[Suite]) -> list[Suite]:
    return [each for each in suites if any(part in each.name for part in _COMMON)]
