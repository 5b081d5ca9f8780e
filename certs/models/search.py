"""The words that endpoints and certificates are found by, each in a narrow table.

Looking for a part of a word reads every row: no index that all three databases have
serves that. So what is read is made small: 40 to 130 bytes a row, not 500 to 2,000. At
100,000 endpoints that is 20 ms (docs/scaling.md).
"""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

MANY = 1000  # keys that are better not listed


def folded(words: Iterable[str]) -> str:
    """Return the text of a row: each word once, in lower case."""
    return "\n".join(dict.fromkeys(word.lower() for word in words if word))


def among(rows: "models.QuerySet[Any, Any]", key: str, *, of: str = "pk") -> Q:
    """Condition: column `of` is a `key` of `rows`.

    Few are asked for first and then found by index. Where they are many, nearly every
    row is one: a list that is read in its order soon has a page full, and each row is
    looked up for itself.
    """
    keys = list(rows.order_by().values_list(key, flat=True)[: MANY + 1])
    if len(keys) <= MANY:
        return Q(**{f"{of}__in": keys})
    return Q(Exists(rows.order_by().filter(**{key: OuterRef(of)})))


class TextQuerySet(models.QuerySet["SearchText"]):
    """The question we ask of the words."""

    def containing(self, term: str) -> "TextQuerySet":
        """Rows with `term` somewhere in a word; upper and lower case are the same."""
        return self.filter(text__contains=term.lower())


class SearchText(models.Model):
    """The words of one row of another table. services.search alone writes them."""

    text = models.TextField()

    objects = TextQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.text


class CertificateText(SearchText):
    """Names and issuer of a certificate."""

    certificate = models.OneToOneField(
        "certs.Certificate", models.CASCADE, primary_key=True, related_name="+"
    )


class EndpointText(SearchText):
    """Host, server name and notes of an endpoint."""

    endpoint = models.OneToOneField(
        "certs.Endpoint", models.CASCADE, primary_key=True, related_name="+"
    )
