"""The words that endpoints and certificates are found by, each in a narrow table.

Those of the certificate that it serves are among the words of an endpoint.

People look for a part of a word, and no index that all three databases have serves
that. So each has its own: SQLite a table of trigrams that triggers keep, PostgreSQL a
trigram index (both in certs/migrations/0006), MongoDB an index over lists of parts that
project/mongo writes beside the words (0007).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Self, TypeVar

from django.db import connections, models
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL

from certs.models.fields import SearchedField

Text = TypeVar("Text", bound="SearchText")

MANY = 1000  # keys that are better not listed
# MongoDB lists MORE times as many if fewer than one row of SPARSE has the term: to look
# rows up until a page is full would cost it more. Of a term below LENGTH letters nobody
# knows before: what its index has first is no sample (project/mongo/parts.py).
MORE = 5
SPARSE = 20
LENGTH = 6
TRIGRAM = 3  # letters; shorter terms are in no index, and soon found everywhere
# Letters of a term that SQLite looks up; it reads the list of rows of each trigram, and
# those of a domain, at the end of a name, are the longest.
ASKED = 16


def folded(words: Iterable[str]) -> str:
    """Return the text of a row: each word once, in lower case."""
    return "\n".join(dict.fromkeys(word.lower() for word in words if word))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A condition on rows, and whether more than MANY are known to meet it.

    Then `some` are keys of such; of two conditions together nobody asks for them.
    """

    condition: Q
    is_many: bool
    some: Sequence[Any] = ()

    def __or__(self, other: "Found") -> "Found":
        return Found(
            condition=self.condition | other.condition,
            is_many=self.is_many or other.is_many,
        )


def among(rows: "models.QuerySet[Any, Any]", key: str, *, of: str = "pk") -> Found:
    """Return what has a `key` of `rows` in its column `of`.

    Few are asked for first and then found by index. Where they are many, nearly every
    row is one: a list that is read in its order soon has a page full, and each row is
    looked up for itself.
    """
    keys = list(rows.order_by().values_list(key, flat=True)[: MANY + 1])
    return _found(rows, key, of=of, keys=keys, most=MANY)


def _found(
    rows: "models.QuerySet[Any, Any]",
    key: str,
    *,
    of: str,
    keys: list[Any],
    most: int,
) -> Found:
    """Return what is found by `keys`, or row by row if they are more than `most`."""
    # Links may lead to the same row more than once.
    is_many = len(set(keys)) > MANY
    if len(keys) <= most:
        return Found(condition=Q(**{f"{of}__in": keys}), is_many=is_many, some=keys)
    is_there = Exists(rows.order_by().filter(**{key: OuterRef(of)}))
    return Found(condition=Q(is_there), is_many=is_many, some=keys)


class TextQuerySet(models.QuerySet[Text]):
    """The question we ask of the words."""

    def having(self, term: str, *, of: str = "pk") -> Found:
        """Return what has the key of an owner of `term` in its column `of`.

        The term may be anywhere in a word; upper and lower case are the same.
        """
        term = term.lower()
        rows, owner, most = self.filter(text__contains=term), self.model.owner, MANY
        pairs = self._pairs(term)
        if len(term) >= LENGTH and connections[self.db].vendor == "mongodb":
            # The server sends the first MANY; the others only if they are asked for.
            coming = pairs[: MORE * MANY + 1].iterator(chunk_size=MANY + 1)
            found = list(islice(coming, MANY + 1))
            if _are_sparse(found):
                most = MORE * MANY
                found += coming
        else:
            found = list(pairs[: MANY + 1])
        keys = [key for _, key in found]
        return _found(rows, owner, of=of, keys=keys, most=most)

    def first_having(self, term: str, *, most: int) -> Found:
        """Return what `having` does, at most so many: those that are found first."""
        keys = [key for _, key in self._pairs(term.lower())[:most]]
        return Found(condition=Q(pk__in=keys), is_many=len(keys) > MANY, some=keys)

    def first_with(self, term: str) -> Self:
        """Return the first rows with `term`, by trigrams where there are."""
        if len(term) < TRIGRAM or connections[self.db].vendor != "sqlite":
            return self.filter(text__contains=term)
        parts = f'"{self.model._meta.db_table}_parts"'
        where = "text GLOB %s AND instr(text, %s)"
        sql = f"SELECT rowid FROM {parts} WHERE {where} LIMIT %s"  # noqa: S608 - the name is ours
        values = [_glob(term[:ASKED]), term, MANY + 1]
        return self.filter(pk__in=RawSQL(sql, values))  # noqa: S611 - values are parameters

    def _pairs(self, term: str) -> "models.QuerySet[Text, tuple[int, Any]]":
        """Return the number of each row with `term`, and whose words they are."""
        return self.first_with(term).order_by().values_list("pk", self.model.owner)


class SearchText(models.Model):
    """The words of one row of another table. services.search alone writes them.

    The key is an integer: SQLite's trigrams refer to rows by number.
    """

    owner: str  # the field that says whose words they are

    text = SearchedField()

    objects = TextQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.text


class CertificateText(SearchText):
    """Names and issuer of a certificate."""

    owner = "certificate"

    certificate = models.OneToOneField(
        "certs.Certificate", models.CASCADE, related_name="+"
    )


class EndpointText(SearchText):
    """Host, server name, notes and the words of the certificate that is served."""

    owner = "endpoint"

    endpoint = models.OneToOneField("certs.Endpoint", models.CASCADE, related_name="+")


def _are_sparse(found: list[tuple[int, Any]]) -> bool:
    """Whether rows are many, but few of all: their first are far apart.

    Rows are numbered as they are made.
    """
    numbers = [number for number, _ in found]
    return len(found) > MANY and max(numbers) - min(numbers) > SPARSE * MANY


def _glob(term: str) -> str:
    """Return the pattern for `term` anywhere; what has a meaning stands for itself."""
    return f"*{''.join(f'[{c}]' if c in '*?[' else c for c in term)}*"
