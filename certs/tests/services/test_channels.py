import json
import logging

import pytest

from accounts import sealing
from certs.models import Channel
from certs.pki.guard import Guard, parse_networks
from certs.services import channels
from certs.services.channels import ChannelError
from certs.tests.factories import NOW, make_channel
from certs.tests.pki.listening import listening

pytestmark = pytest.mark.django_db
LOOPBACK = Guard(allow_loopback=True, allow=parse_networks("127.0.0.0/8 ::1"))
SCHEMES = {Channel.Kind.APPRISE: "json", Channel.Kind.WEBHOOK: "http"}
SECRET = "very-private-token"


@pytest.fixture(autouse=True)
def _loopback_alone(settings):
    settings.CHECK_GUARD = LOOPBACK


def channel_to(server, kind):
    address = server.url(f"/{SECRET}", scheme=SCHEMES[kind])
    return make_channel(address=address, kind=kind)


def send(channel):
    channels.send(channel, title="Ends soon", body="www.example.org", facts={"days": 3})


@pytest.mark.parametrize("kind", Channel.Kind)
def test_a_message_arrives(kind):
    with listening() as server:
        send(channel_to(server, kind))

    [(path, _, body)] = server.posted
    told = json.loads(body)
    assert path == f"/{SECRET}"
    assert told["title"] == "Ends soon"
    assert told.get("facts", {"days": 3}) == {"days": 3}


@pytest.mark.parametrize("kind", Channel.Kind)
@pytest.mark.parametrize("status", [302, 404, 500])
def test_what_does_not_arrive_is_told_without_the_address(kind, status, caplog):
    caplog.set_level(logging.DEBUG)
    with listening(status=status) as server, pytest.raises(ChannelError) as caught:
        send(channel_to(server, kind))

    assert str(status) in str(caught.value)
    assert SECRET not in str(caught.value)
    assert SECRET not in caplog.text
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("kind", Channel.Kind)
def test_a_server_that_hangs_is_left(kind, monkeypatch):
    monkeypatch.setattr(channels, "SECONDS", 2)
    with listening(pause=4) as server, pytest.raises(ChannelError, match="2 seconds"):
        send(channel_to(server, kind))


@pytest.mark.parametrize("kind", Channel.Kind)
def test_the_guard_of_checks_holds_here_too(kind, settings):
    settings.CHECK_GUARD = Guard()
    with listening() as server, pytest.raises(ChannelError, match="loopback"):
        send(channel_to(server, kind))

    assert not server.posted


def test_an_address_that_no_key_opens_is_told(settings):
    channel = make_channel()
    settings.SECRETS_KEYS = ["another key " * 4]

    with pytest.raises(ChannelError, match="SECRETS_KEY"):
        send(channel)
    assert "SECRETS_KEY" in channels.shown(channel)


def test_the_result_of_a_test_is_on_the_row():
    with listening() as server:
        channel = channel_to(server, Channel.Kind.WEBHOOK)
        assert channels.test(channel, now=NOW) == ""
        channel.refresh_from_db()
        assert (channel.tested_at, channel.test_error) == (NOW, "")

        server.status = 500
        channels.test(channel, now=NOW)

    channel.refresh_from_db()
    assert "500" in channel.test_error
    assert SECRET not in channel.test_error


def test_the_result_of_an_address_that_was_replaced_meanwhile_is_not_kept():
    channel = make_channel(address="http://127.0.0.1:9/", kind=Channel.Kind.WEBHOOK)
    Channel.objects.update(sealed_url=sealing.seal("http://127.0.0.1:10/"))

    assert channels.test(channel, now=NOW)

    channel.refresh_from_db()
    assert channel.tested_at is None


def test_a_new_address_has_no_result_yet():
    channel = make_channel(tested_at=NOW, test_error="It failed.")
    channel.tested_at = NOW

    channels.replace_address(channel, "slack://a/b/c")

    assert (channel.tested_at, channel.test_error) == (None, "")
    assert "slack" not in channel.sealed_url


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("slack://TokenA/TokenB/TokenC", "slack://…"),
        ("HTTPS://www.example.org/x#y", "https://…"),
        ("very-private-token", "…"),
    ],
)
def test_the_scheme_of_an_address_is_all_that_is_shown(address, shown):
    assert channels.shown(make_channel(address=address)) == shown


@pytest.mark.parametrize(
    ("kind", "address", "sentence"),
    [
        ("apprise", "syslog://", "runs on this machine"),
        ("apprise", SECRET, "no such service"),
        ("webhook", f"ftp://{SECRET}", "begins with https"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(kind, address, sentence):
    with pytest.raises(ChannelError, match=sentence) as caught:
        channels.check(kind, address)

    assert SECRET not in str(caught.value)
