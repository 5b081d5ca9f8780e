import pytest

from accounts.sealing import UnreadableSecretError, reseal, seal, unseal

OLD, NEW = "old key " * 5, "new key " * 5


def test_what_was_sealed_is_read_again_and_looks_like_nothing(settings):
    settings.SECRETS_KEYS = [OLD]

    sealed = seal("hush: ø")

    assert unseal(sealed) == "hush: ø"
    assert "hush" not in sealed
    assert seal("hush: ø") != sealed


def test_a_new_first_key_seals_and_the_old_one_still_opens(settings):
    settings.SECRETS_KEYS = [OLD]
    sealed = seal("hush")

    settings.SECRETS_KEYS = [NEW, OLD]
    again = reseal(sealed)
    assert unseal(sealed) == "hush"

    settings.SECRETS_KEYS = [NEW]
    assert unseal(again) == "hush"
    for act in (unseal, reseal):
        with pytest.raises(UnreadableSecretError):
            act(sealed)


@pytest.mark.parametrize("text", ["", "x", "gAAAA", "ø", "A" * 200])
def test_what_nobody_sealed_is_refused(text):
    with pytest.raises(UnreadableSecretError):
        unseal(text)


def test_a_changed_letter_is_noticed():
    sealed = seal("hush")
    changed = sealed[:40] + ("A" if sealed[40] != "A" else "B") + sealed[41:]

    with pytest.raises(UnreadableSecretError):
        unseal(changed)
