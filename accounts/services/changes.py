"""What django-auditlog cannot see, for the change log: bulk changes and events.

Each save, deletion and change of a relation is noticed without being told. Who writes
many rows with one statement, or lets somebody in, says so here.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from auditlog.context import disable_auditlog
from django.db import models

from accounts.models import Change, User
from accounts.models.noticing import gathered
from accounts.values import plain, texts

__all__ = [
    "Action",
    "gathered",
    "record",
    "record_added",
    "record_refusal",
    "record_rows",
    "record_update",
    "unnoticed",
]

Action = Change.Action
unnoticed = disable_auditlog  # for made-up rows, which nobody has changed


def record(
    action: Action,
    *,
    about: models.Model | None = None,
    changes: Mapping[str, Sequence[Any]] | None = None,
    actor: User | None = None,
    **facts: str,
) -> None:
    """Write one entry: what was done to the row `about`, `changes` as (before, after).

    Without a row, `model` and `object_text` say what it was about. `actor` is who did
    it, if that is not the person of the request.
    """
    said = {
        name: [plain(before), plain(after)]
        for name, (before, after) in (changes or {}).items()
    }
    log = Change.objects
    log.keep([log.entry(action, about=about, changes=said, actor=actor, **facts)])


def record_refusal(user: User | None, *, reason: str = "") -> None:
    """Write that somebody was not let in: `user`, or nobody that there is."""
    said = {"reason": (None, reason)} if reason else {}
    if user is not None:
        record(Action.REFUSAL, about=user, changes=said)
        return
    label = User._meta.label_lower
    record(Action.REFUSAL, changes=said, model=label, object_text="no account of ours")


def record_rows(action: Action, rows: Iterable[models.Model]) -> None:
    """Write an entry for each of `rows` that one statement added or deleted.

    Of models that the log follows: their masks and omissions hold here too.
    """
    log = Change.objects
    log.keep(
        log.entry(action, about=row, changes=log.whole(row, action=action))
        for row in rows
    )


def record_added(
    name: str, added: Iterable[tuple[models.Model, Sequence[models.Model]]]
) -> None:
    """Write what one statement added to the relation `name`: each row, and to what."""
    log = Change.objects
    log.keep(
        log.entry(Action.UPDATE, about=row, changes={name: {"added": texts(others)}})
        for row, others in added
        if others
    )


def record_update(rows: Iterable[models.Model], changes: Mapping[str, Any]) -> None:
    """Write an entry for each of `rows` whose columns one statement sets to `changes`.

    To be called with the rows as they are before; those that do not change have none.
    """
    log, entries = Change.objects, []
    for row in rows:
        said = {
            name: [plain(getattr(row, name)), plain(after)]
            for name, after in changes.items()
            if getattr(row, name) != after
        }
        if said:
            entries.append(log.entry(Action.UPDATE, about=row, changes=said))
    log.keep(entries)
