import hashlib
import re

import pytest

from accounts import token_text


def test_a_token_is_known_by_its_beginning_and_kept_as_a_hash():
    made = token_text.new()

    assert re.fullmatch(r"cdk_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}", made.text)
    assert made.text.startswith(f"cdk_{made.prefix}_")
    assert made.digest == hashlib.sha256(made.text.encode()).hexdigest()
    assert token_text.digest(made.text) == made.digest


def test_no_two_tokens_are_alike_and_none_is_shown_by_accident():
    one, other = token_text.new(), token_text.new()

    assert one.text != other.text
    assert one.digest != other.digest
    assert one.text not in repr(one)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-1],
        lambda text: text + "a",
        lambda text: text + "\n",
        lambda text: text.replace("cdk_", "CDK_"),
        lambda text: text[:20] + ("b" if text[20] == "a" else "a") + text[21:],
        lambda text: text[:-1] + ("b" if text[-1] == "a" else "a"),
        lambda text: text[:-1] + "é",
        lambda _: "",
    ],
)
def test_a_mistyped_token_is_refused_before_anybody_is_asked(spoil):
    assert token_text.digest(spoil(token_text.new().text)) is None
