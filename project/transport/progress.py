"""The mark that a move leaves in its target until it has arrived."""

from django.apps.registry import Apps
from django.db import connections, models

from project.transport import TransportError


class Move(models.Model):
    """Where a half-filled database is being filled from.

    A table of its own, made and dropped by the move, as Django's django_migrations is:
    no migration knows it. What has been copied is not written down here: rows come by
    primary key, so the highest key of each table says it.
    """

    origin = models.CharField(primary_key=True, max_length=500)
    is_copying = models.BooleanField(default=False)  # the tables are made

    class Meta:
        apps = Apps()
        app_label = "transport"
        db_table = "certdesk_move"

    def __str__(self) -> str:
        return self.origin


def found(alias: str, *, origin: str) -> Move | None:
    """Return the mark of a move from `origin`, None where no move has begun.

    Raises TransportError if another one has.
    """
    if not _is_there(alias):
        return None
    mark = Move._base_manager.using(alias).first()
    if mark is not None and mark.origin != origin:
        raise TransportError(
            f"The target is half filled by a move from {mark.origin}: let that one "
            "finish, or begin with a database without tables."
        )
    return mark


def begin(alias: str, *, origin: str) -> Move:
    """Mark `alias` as being filled from `origin`."""
    if not _is_there(alias):
        with connections[alias].schema_editor() as editor:
            editor.create_model(Move)
    return Move._base_manager.using(alias).create(origin=origin)


def finish(alias: str) -> None:
    """Take the mark away: the database is one like any other."""
    with connections[alias].schema_editor() as editor:
        editor.delete_model(Move)


def _is_there(alias: str) -> bool:
    return Move._meta.db_table in connections[alias].introspection.table_names()
