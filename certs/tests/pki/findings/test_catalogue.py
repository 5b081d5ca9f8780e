"""The catalogue of findings: complete, and fit to be shown."""

import string

import pytest

from certs.pki.findings import KINDS, Severity
from certs.pki.findings.commands import LOOKS

PROMISED = """
expired expiring not-yet-valid name-mismatch self-signed unknown-root
missing-intermediate expired-intermediate invalid-chain wrong-order extra-certificates
root-sent small-key weak-signature too-long-lived no-san wildcard shared-key
same-key-renewed duplicate-serial client-auth old-protocol weak-cipher
no-forward-secrecy no-tls13 post-quantum no-post-quantum nodes-differ not-deployed
parse-problem
"""


def test_every_promised_code_is_there():
    assert set(PROMISED.split()) <= set(KINDS)


@pytest.mark.parametrize("code", KINDS)
def test_a_kind_says_all_that_people_need(code):
    kind = KINDS[code]

    assert kind.severity in Severity
    assert kind.sentence.endswith((".", "}"))
    assert kind.remedy.endswith(".")
    assert kind.look in LOOKS
    fields = {name for _, name, _, _ in string.Formatter().parse(kind.sentence)}
    assert all(name is None or name.isidentifier() for name in fields)


def test_the_good_news_is_not_a_warning():
    assert KINDS["post-quantum"].severity is Severity.GOOD
    assert [*Severity] == ["critical", "warning", "notice", "good"]
