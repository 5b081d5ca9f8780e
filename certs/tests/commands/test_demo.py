import socket
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from certs.management.commands import demo
from certs.models import Endpoint
from certs.pki.demo.fleet import Fleet

pytestmark = pytest.mark.django_db


@pytest.fixture
def near(monkeypatch):
    """The fleet on addresses that tests may connect to."""
    monkeypatch.setattr(
        demo, "Fleet", lambda now: Fleet(now, address="127.0.0.1", port=0)
    )


def test_every_member_is_registered_with_its_people_and_checked(near):
    out = StringIO()

    call_command("demo", "--exit", stdout=out)

    assert "43 endpoints, 16 in need of attention" in out.getvalue()
    expired = Endpoint.objects.get(host="expired.demo.test")
    assert expired.team is not None
    assert expired.contacts.exists()
    assert expired.notes
    assert Endpoint.objects.filter(observed_at=None).count() == 0
    mail = Endpoint.objects.get(host="smtp.demo.test")
    assert (mail.starttls, mail.status) == ("smtp", "up")


def test_a_member_that_people_have_changed_is_left_as_it_is(fleet):
    member = fleet.members[0]
    endpoint = demo.register(member)
    endpoint.notes = "Mine now"
    endpoint.save()

    assert demo.register(member).notes == "Mine now"
    assert Endpoint.objects.count() == 1


def test_a_port_that_is_taken_is_said_in_one_sentence(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(
            demo, "Fleet", lambda now: Fleet(now, address="127.0.0.1", port=port)
        )
        with pytest.raises(CommandError, match="The demo fleet cannot start"):
            call_command("demo", "--exit", stdout=StringIO())


def test_ctrl_c_ends_it_quietly(near, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("certs.services.watch.observe", interrupted)
    out = StringIO()

    call_command("demo", stdout=out)

    assert "stops" in out.getvalue()
