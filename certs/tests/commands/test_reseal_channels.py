import pytest
from django.core.management import CommandError, call_command

from accounts import sealing
from accounts.models import Change
from certs.models import Channel
from certs.tests.factories import make_channel

pytestmark = pytest.mark.django_db
OLD, NEW = "old key " * 5, "new key " * 5
ADDRESS = "slack://TokenA/TokenB/TokenC"


def test_addresses_of_channels_are_sealed_with_the_new_key(settings, capsys, noticed):
    settings.SECRETS_KEYS = [OLD]
    channel = make_channel(address=ADDRESS)
    make_channel()
    changes = Change.objects.count()

    settings.SECRETS_KEYS = [NEW, OLD]
    call_command("reseal")
    settings.SECRETS_KEYS = [NEW]

    channel.refresh_from_db()
    assert sealing.unseal(channel.sealed_url) == ADDRESS
    assert "2 secrets" in capsys.readouterr().out
    assert Change.objects.count() == changes  # nobody changed anything


def test_a_key_that_is_missing_is_asked_for(settings):
    settings.SECRETS_KEYS = [OLD]
    make_channel()
    settings.SECRETS_KEYS = [NEW]

    with pytest.raises(CommandError, match="SECRETS_KEY"):
        call_command("reseal")

    assert Channel.objects.count() == 1
