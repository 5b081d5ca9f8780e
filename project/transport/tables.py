"""Which tables are carried, in which order, and their rows in and out.

A row is a line of JSON, its columns in the order of the model, and rows come by primary
key. Keys are integers or UUIDs, which every engine sorts alike; so equal tables are
equal lines, and SHA-256 over them says so wherever they are stored.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any

from django.apps.registry import Apps
from django.core.management.color import no_style
from django.db import connections, models
from django.db.models import sql

from project.transport import TransportError
from project.transport.columns import codec

# Who is signed in is nobody's business elsewhere: people sign in again. Nor is whose
# turn it was, or which processes ran.
NEVER = frozenset(
    {
        "accounts.turn",
        "certs.worker",
        "sessions.session",
        "token_blacklist.blacklistedtoken",
        "token_blacklist.outstandingtoken",
        "usersessions.usersession",
    }
)
# What `migrate` itself fills; a target that holds no more than this is empty.
SEEDED = frozenset(
    {
        "auth.group",
        "auth.group_permissions",
        "auth.permission",
        "certs.policy",
        "contenttypes.contenttype",
    }
)
# What a backup holds in place of a secret, unless secrets are asked for. Django reads
# a hash that begins with "!" as "no password fits"; no API token has such a digest.
# Where values must differ, the key of the row follows. What is sealed (the data of
# mfa.authenticator) stays as it is: it opens with SECRETS_KEY alone, which no file has.
BLANKS: dict[str, dict[str, Any]] = {
    "account.emailconfirmation": {"key": "!"},
    "accounts.apitoken": {"digest": "!"},
    "accounts.invitation": {"token_hash": "!"},
    "accounts.user": {"password": "!"},
    "socialaccount.socialapp": {"secret": "", "key": "", "settings": {}},
    "socialaccount.socialtoken": {"token": "", "token_secret": ""},
}

Row = list[Any]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows a table has, and the SHA-256 of their lines."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Table:
    """One table; `blanks` are values that stand for what is in a column."""

    model: type[models.Model]
    blanks: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def label(self) -> str:
        """The name in files and messages, such as `certs.endpoint`."""
        return self.model._meta.label_lower

    @cached_property
    def columns(self) -> list[str]:
        """The names of the columns, in the order of a row."""
        return [column.attname for column in self._fields]

    @property
    def refers_to_itself(self) -> bool:
        """Whether a row may refer to one that comes later in the same table."""
        return any(column.related_model is self.model for column in self._fields)

    @cached_property
    def _fields(self) -> list[models.Field[Any, Any]]:
        return list(self.model._meta.local_concrete_fields)

    @cached_property
    def _codecs(self) -> list[Any]:
        return [codec(column) for column in self._fields]

    def rows(self, alias: str) -> models.QuerySet[Any]:
        """Return a query for every row at `alias`."""
        return self.model._base_manager.using(alias)

    def last_key(self, alias: str) -> Any:
        """Return the highest primary key, None in an empty table."""
        return self.rows(alias).order_by("-pk").values_list("pk", flat=True).first()

    def read(
        self, alias: str, *, after: Any = None, batch: int = 1000
    ) -> Iterator[list[str]]:
        """Return the rows with keys `after` one, or all, as lines, a list per batch."""
        query = self.rows(alias).order_by("pk").values_list(*self.columns)
        while True:
            page = query if after is None else query.filter(pk__gt=after)
            rows = list(page[:batch])
            if rows:
                yield [self._line(row) for row in rows]
            if len(rows) < batch:
                return
            after = rows[-1][self._key]

    @cached_property
    def _key(self) -> int:
        return self.columns.index(self.model._meta.pk.attname)

    def _differ(self, place: int) -> bool:
        return self._fields[place].unique

    def _line(self, values: tuple[Any, ...]) -> str:
        row = [
            encode(value)
            for (encode, _), value in zip(self._codecs, values, strict=True)
        ]
        for name, blank in self.blanks.items():
            place = self.columns.index(name)
            row[place] = f"{blank}{row[self._key]}" if self._differ(place) else blank
        return json.dumps(row, separators=(",", ":"), sort_keys=True, allow_nan=False)

    def write(self, alias: str, lines: Iterable[Row]) -> None:
        """Insert rows as they are: no default, no "now", no signal."""
        objects = [self._object(values) for values in lines]
        limit = connections[alias].ops.bulk_batch_size(self._fields, objects)
        for start in range(0, len(objects), max(limit, 1)):
            query = sql.InsertQuery(self.model)
            some = objects[start : start + max(limit, 1)]
            query.insert_values(self._fields, some, raw=True)
            query.get_compiler(using=alias).execute_sql()

    def _object(self, values: Row) -> models.Model:
        decoded = {
            name: decode(value)
            for name, (_, decode), value in zip(
                self.columns, self._codecs, values, strict=True
            )
        }
        return self.model(**decoded)

    def tally(self, alias: str, *, batch: int = 1000) -> Tally:
        """Count the rows at `alias` and take their checksum."""
        number, digest = 0, hashlib.sha256()
        for lines in self.read(alias, batch=batch):
            number += len(lines)
            for line in lines:
                digest.update(f"{line}\n".encode())
        return Tally(number, digest.hexdigest())


def carried(apps: Apps, *, secrets: bool = True) -> list[Table]:
    """Return the tables of `apps`, each after those that it refers to."""
    found = {
        model._meta.label_lower: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and not model._meta.proxy
        and model._meta.label_lower not in NEVER
    }
    needs = {label: sorted(_needs(found[label])) for label in sorted(found)}
    try:
        order = list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        names = ", ".join(error.args[1][1:])
        raise TransportError(f"These tables refer to each other: {names}.") from error
    blanks = {} if secrets else BLANKS
    return [Table(found[label], blanks.get(label, {})) for label in order]


def _needs(model: type[models.Model]) -> set[str]:
    related = {
        column.related_model._meta.label_lower
        for column in model._meta.local_concrete_fields
        if column.related_model is not None
    }
    return related - {model._meta.label_lower}


def clear(tables: Iterable[Table], alias: str) -> None:
    """Delete every row of `tables`, which come each after those it refers to."""
    for table in reversed(list(tables)):
        table.rows(alias).all().delete()


def reset_sequences(tables: Iterable[Table], alias: str) -> None:
    """Let numbering go on after the highest key: rows came with keys of their own."""
    connection = connections[alias]
    statements = connection.ops.sequence_reset_sql(
        no_style(), [table.model for table in tables]
    )
    if statements:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
