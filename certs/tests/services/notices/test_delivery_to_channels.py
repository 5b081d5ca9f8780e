"""Letters that a channel takes, and not a mail server."""

import pytest

from certs.models import Letter, Notice, Undeliverable
from certs.services.channels import ChannelError
from certs.services.notices import delivery, letters
from certs.tests.factories import NOW
from certs.tests.warned import make_channel, make_notice

pytestmark = pytest.mark.django_db


def work(**options):
    letters.gather(now=NOW)
    return list(delivery.deliver(now=NOW, **options))


def states():
    return set(Notice.objects.values_list("state", flat=True))


def test_a_channel_is_given_words_and_facts(server):
    channel = make_channel()
    notice = make_notice(recipient=f"channel:{channel.pk}")
    posts = []

    work(post=lambda channel, **words: posts.append((channel, words)))

    ((posted_to, words),) = posts
    assert posted_to == channel
    assert notice.endpoint.host in words["title"]
    assert notice.endpoint.host in words["body"]
    assert words["facts"]["count"] == 1
    assert words["facts"]["warnings"][0]["days_left"] == 7
    assert states() == {"sent"}
    assert not server.taken


def test_a_channel_that_fails_is_tried_again_and_mail_goes_out(server):
    make_notice(recipient=f"channel:{make_channel().pk}")
    make_notice()

    def fails(channel, **words):
        raise ChannelError("It answered 500.")

    work(post=fails)

    assert len(server.taken) == 1
    letter = Letter.objects.get(address="")
    assert (letter.attempts, letter.error) == (1, "It answered 500.")
    assert not Undeliverable.objects.exists()


def test_a_letter_to_a_channel_that_was_deleted_is_given_up(server):
    channel = make_channel()
    recipient = f"channel:{channel.pk}"
    make_notice(recipient=recipient)
    letters.gather(now=NOW)
    channel.delete()
    make_notice(recipient=recipient)

    assert work() == []

    assert {(letter.state, letter.error) for letter in Letter.objects.all()} == {
        ("failed", "The channel was deleted.")
    }
