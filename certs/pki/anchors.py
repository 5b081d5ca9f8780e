"""A trust store, ready to judge ways to its roots."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import verification

from certs.pki import rules
from certs.pki.links import Link, read
from certs.pki.paths import MAX_LINKS, Path
from certs.pki.profile import oddities
from certs.pki.roots import TrustStore
from certs.pki.rules import INVALID, Defect

REFUSAL_CHARACTERS = 200
# No server name: who is named is `hostnames`' question. Our own rules read the
# extensions; what the library adds to them, it does whatever the policy says.
_CA_POLICY = verification.ExtensionPolicy.permit_all().require_present(
    x509.BasicConstraints, verification.Criticality.AGNOSTIC, None
)
_LEAF_POLICY = verification.ExtensionPolicy.permit_all()


class Anchors:
    """A store, ready to verify with."""

    def __init__(self, store: TrustStore, *, now: datetime) -> None:
        self.name = store.name
        self.roots = [link for link in map(read, store.roots) if link]
        self._is_public = store.is_public
        self._fingerprints = {root.fingerprint for root in self.roots}
        strict = [root.strict for root in self.roots if root.strict]
        self._verifier = _verifier(strict, now=now) if strict else None

    def ends(self, paths: Iterable[Path]) -> list[tuple[Link, ...]]:
        """Return the beginnings of `paths` that end in a root of this store."""
        found = (
            path.links[:length]
            for path in paths
            for length, link in enumerate(path.links, start=1)
            if link.fingerprint in self._fingerprints
        )
        return list(dict.fromkeys(found))

    def objections(self, links: Sequence[Link], *, now: datetime) -> list[Defect]:
        """Return why a way to a root is not good enough for its store.

        The verifier knows the web's profile only. So it is not asked where we can
        name what is outside of it: what a private CA may do, or what clients do take
        and the library does not.
        """
        odd = oddities(links)
        found = list(rules.defects(links, now=now))
        if self._is_public:
            barred = (each for each in odd if not each.is_for_everyone)
            found += (Defect(code=INVALID, sentence=each.sentence) for each in barred)
        if not found and not odd and (refusal := self._refusal(links)):
            found.append(Defect(code=INVALID, sentence=f"Refused: {refusal}"))
        return found

    def _refusal(self, links: Sequence[Link]) -> str:
        """Return why cryptography's verifier refuses a path; "" if it does not."""
        leaf, *above = [link.strict for link in links if link.strict]
        if self._verifier is None:
            return "the store has no root that can be read"
        try:
            self._verifier.verify(leaf, above[:-1])
        except (
            verification.VerificationError,
            ValueError,
            UnsupportedAlgorithm,
        ) as error:
            return str(error)[:REFUSAL_CHARACTERS]
        return ""


def _verifier(
    roots: list[x509.Certificate], *, now: datetime
) -> verification.ClientVerifier:
    return (
        verification.PolicyBuilder()
        .store(verification.Store(roots))
        .time(now)
        .max_chain_depth(MAX_LINKS - 2)
        .extension_policies(ca_policy=_CA_POLICY, ee_policy=_LEAF_POLICY)
        .build_client_verifier()
    )
