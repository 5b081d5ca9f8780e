"""Delivery: each waiting letter is sent once, and again later if that failed.

A letter is claimed for a while, sent outside of any transaction, and marked directly
after the server took it. Whoever dies in between leaves a claim that runs out; what was
taken and not marked goes out again with the same Message-ID (DECISIONS.md 68).
"""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet

from certs.models import Letter, Notice
from certs.services import channels
from certs.services.notices import digest, leaving, undeliverable
from certs.services.notices.mailer import (
    AwayError,
    Mailer,
    RefusedError,
    UndeliveredError,
)
from certs.services.patience import patiently

logger = logging.getLogger(__name__)

# Posts to a channel: the channel, then title, body and facts by name.
Post = Callable[..., None]

# How long a letter is one worker's. Far longer than the timeouts of one conversation.
LEASE = timedelta(minutes=15)
# After the first failures; later ones are a day apart.
BACK_OFF = (
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)
DAILY = timedelta(days=1)
MOST_ATTEMPTS = 30
RUN = timedelta(minutes=4)  # no run goes on for longer; the next one takes over
BATCH = 200  # letters that are looked for at once
LONGEST = 500  # characters of an error


class _Clock:
    """Goes on from `now`: what is claimed late in a run is leased from then on."""

    def __init__(self, now: datetime) -> None:
        self.begun_at = now
        self._start = time.monotonic()

    def now(self) -> datetime:
        return self.begun_at + timedelta(seconds=time.monotonic() - self._start)

    @property
    def is_over(self) -> bool:
        return self.now() - self.begun_at > RUN


def deliver(*, now: datetime, post: Post = channels.send) -> Iterator[Letter]:
    """Send what is due, and return each letter with what became of it."""
    clock = _Clock(now)
    _give_up_without_channel(now)
    with Mailer() as mailer:

        def mail(letter: Letter) -> str:
            _close_if_gone(letter)
            message = digest.render(letter, now=now)
            mailer.send(message)
            return str(message.subject)

        yield from _send(Letter.objects.filter(channel=None), mail, clock)

    def publish(letter: Letter) -> str:
        words = digest.words(letter, now=now)
        facts = dict(words.facts)
        try:
            post(letter.channel, title=words.subject, body=words.text, facts=facts)
        except channels.ChannelError as error:
            raise UndeliveredError(str(error)) from error
        return words.subject

    yield from _send(Letter.objects.exclude(channel=None), publish, clock)


def next_try(attempts: int) -> timedelta:
    """Return how long to wait after so many failures."""
    return BACK_OFF[attempts - 1] if attempts <= len(BACK_OFF) else DAILY


def _send(
    letters: QuerySet[Letter], send: Callable[[Letter], str], clock: _Clock
) -> Iterator[Letter]:
    """Send what is due until the other side is away: no second letter waits for it."""
    for letter in _claimed(letters, clock):
        try:
            letter.subject = send(letter)
        except digest.NothingLeftError:
            Letter.objects.filter(pk=letter.pk, claim=letter.claim).delete()
            continue
        except Exception as error:  # noqa: BLE001 - no letter may stop the others
            _failed(letter, error, clock)
            yield letter
            if isinstance(error, AwayError):
                return
        else:
            _told(letter, clock)
            yield letter


def _claimed(letters: QuerySet[Letter], clock: _Clock) -> Iterator[Letter]:
    """Return letters that are due and nobody else's, for LEASE from then on."""
    token = uuid4()
    free = letters.filter(state=Letter.State.WAITING, due_at__lte=clock.begun_at)
    while True:
        keys = list(free.order_by("due_at").values_list("pk", flat=True)[:BATCH])
        for key in keys:
            if clock.is_over:
                return
            until = clock.now() + LEASE
            if free.filter(pk=key).update(claim=token, due_at=until):
                yield letters.select_related("channel").get(pk=key)
        if len(keys) < BATCH:
            return


def _close_if_gone(letter: Letter) -> None:
    """Raise NothingLeftError if a digest is for somebody who has left meanwhile."""
    if letter.kind == Letter.Kind.DIGEST and leaving.has_left(letter.address):
        waiting = Notice.objects.filter(letter=letter).in_state(Notice.State.WAITING)
        waiting.update(state=Notice.State.CLOSED)
        raise digest.NothingLeftError


def _told(letter: Letter, clock: _Clock) -> None:
    """Mark a letter as sent. Nothing comes between the server's 250 and this."""
    letter.state, letter.sent_at = Letter.State.SENT, clock.now()
    letter.claim, letter.error = None, ""
    patiently(partial(_mark, letter))
    if letter.address:
        undeliverable.taken(letter.address)


@transaction.atomic
def _mark(letter: Letter) -> None:
    Letter.objects.filter(pk=letter.pk).update(
        state=letter.state,
        sent_at=letter.sent_at,
        claim=None,
        error="",
        subject=letter.subject,
    )
    waiting = Notice.objects.filter(letter=letter).in_state(Notice.State.WAITING)
    waiting.update(state=Notice.State.SENT, sent_at=letter.sent_at)


def _failed(letter: Letter, error: Exception, clock: _Clock) -> None:
    """Put a letter off, or give it up; whose fault it was is counted."""
    if isinstance(error, UndeliveredError):
        text = str(error)
        logger.warning("Letter %s was not taken: %s", letter.pk, text)
    else:
        text = f"It could not be written ({type(error).__name__})."
        logger.error("Letter %s could not be written", letter.pk, exc_info=error)
    claim, letter.claim = letter.claim, None
    letter.attempts += 1
    letter.error = text[:LONGEST]
    letter.due_at = clock.now() + next_try(letter.attempts)
    if letter.attempts >= MOST_ATTEMPTS:
        letter.state = Letter.State.FAILED
    Letter.objects.filter(pk=letter.pk, claim=claim).update(
        state=letter.state,
        claim=None,
        attempts=letter.attempts,
        error=letter.error,
        due_at=letter.due_at,
    )
    if isinstance(error, RefusedError):
        undeliverable.refused(letter.address, text, now=clock.now())


def _give_up_without_channel(now: datetime) -> None:
    """Say of letters to a channel that was deleted that they go nowhere."""
    Letter.objects.filter(
        state=Letter.State.WAITING, due_at__lte=now, channel=None, address=""
    ).update(state=Letter.State.FAILED, error="The channel was deleted.", claim=None)
