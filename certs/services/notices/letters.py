"""Letters: all that is due to one recipient, in one message.

A letter is made before it is sent, and a notice gets into it by update-and-count. So
two workers may gather at once, and either may die: no notice is in two letters.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from uuid import UUID, uuid4

from certs.models import Channel, Letter, Notice

CHANNEL = "channel:"  # what the recipients begin with that are no addresses
# How long a letter is nobody's to send, because it is being filled.
FILLING = timedelta(minutes=10)
BATCH = 500  # notices that are put into a letter by one statement


def gather(*, now: datetime) -> int:
    """Make a letter for each recipient to whom something is due; tell how many."""
    return sum(_fill(recipient, keys, now=now) for recipient, keys in _due(now=now))


def _due(*, now: datetime) -> Iterator[tuple[str, list[UUID]]]:
    """Return recipients and the notices that wait for a letter."""
    waiting = Notice.objects.filter(
        state=Notice.State.WAITING, letter=None, due_at__lte=now
    )
    rows = list(waiting.order_by("recipient", "pk").values_list("recipient", "pk"))
    for recipient, theirs in groupby(rows, key=itemgetter(0)):
        yield recipient, [key for _, key in theirs]


def _fill(recipient: str, keys: Sequence[UUID], *, now: datetime) -> bool:
    """Make a letter of what is still free; tell whether there was anything."""
    letter = _begun(recipient, now=now)
    filled = sum(
        Notice.objects.filter(pk__in=keys[at : at + BATCH])
        .in_state(Notice.State.WAITING)
        .in_no_letter()
        .update(letter=letter)
        for at in range(0, len(keys), BATCH)
    )
    mine = Letter.objects.filter(pk=letter.pk, claim=letter.claim)
    if not filled:  # somebody else was quicker, or it is all over
        mine.delete()
        return False
    if not mine.update(claim=None, due_at=now):
        # This took so long that somebody took the letter for abandoned.
        put_in = Notice.objects.filter(letter=letter.pk)
        put_in.in_state(Notice.State.WAITING).update(letter=None)
        return False
    return True


def _begun(recipient: str, *, now: datetime) -> Letter:
    """Return a letter without contents, which nobody else takes while it is filled."""
    letter = Letter(
        kind=Letter.Kind.DIGEST,
        created_at=now,
        claim=uuid4(),
        due_at=now + FILLING,
    )
    if recipient.startswith(CHANNEL):
        with suppress(ValueError):
            key = UUID(recipient.removeprefix(CHANNEL))
            letter.channel = Channel.objects.filter(pk=key).first()
    else:
        letter.address = recipient
    letter.save(force_insert=True)
    return letter
