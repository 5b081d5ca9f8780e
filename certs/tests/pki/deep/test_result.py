"""The result of a deep check as JSON, and back."""

import json

import pytest

from certs.pki.deep import DeepResult
from certs.pki.suites import TLS10, TLS12
from certs.tests.pki.deep.asking import check_fake
from certs.tests.pki.deep.fake import MODERN, OLD, Fake


@pytest.fixture
def result():
    suites = {**MODERN, TLS12: [*MODERN[TLS12], *OLD], TLS10: OLD}
    return check_fake(Fake(suites=suites), budget=14)


def test_a_result_survives_json(result):
    text = json.dumps(result.to_json())

    assert DeepResult.from_json(json.loads(text)) == result


def test_a_key_of_a_later_version_is_dropped(result):
    plain = result.to_json() | {"colour": "green"}

    assert DeepResult.from_json(plain) == result


@pytest.mark.parametrize(
    "spoil",
    [
        lambda plain: plain.pop("versions"),
        lambda plain: plain.update(suites=[{"name": "x"}]),
        lambda plain: plain.update(suites=None),
        lambda plain: plain.update(groups=7),
    ],
)
def test_what_is_no_result_is_refused(result, spoil):
    plain = result.to_json()
    spoil(plain)

    with pytest.raises(ValueError, match="not the result of a deep check"):
        DeepResult.from_json(plain)
