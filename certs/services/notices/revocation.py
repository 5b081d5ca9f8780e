"""Tells of revocation lists that clients will refuse, or do already."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from certs.models import RevocationList
from certs.services.notices import bulletins

Trouble = RevocationList.Trouble


def tell(*, now: datetime) -> int:
    """Write letters about lists in trouble, each trouble once; tell how many are new.

    To the Administrators, and to the addresses of the teams whose store it is.
    """
    rows = list(in_trouble(now=now))
    if not rows:
        return 0
    everybody = bulletins.administrators()
    return sum(
        bulletins.put_out(
            _matter(row, now=now),
            addresses=[*everybody, *_teams(row)],
            subject=_subject(row, now=now),
            body=_body(row, now=now),
            now=now,
        )
        for row in rows
    )


def in_trouble(*, now: datetime) -> Iterator[RevocationList]:
    """Yield the lists of active stores about which there is something to say."""
    rows = RevocationList.objects.filter(store__is_active=True)
    for row in rows.select_related("store").order_by("pk"):
        if row.trouble(now):
            yield row


def in_words(row: RevocationList, *, now: datetime) -> str:
    """Return what is wrong with a list, in a line."""
    trouble = row.trouble(now)
    if trouble == Trouble.OLD:
        what = f"is too old since {_moment(row.next_update)}"
    elif trouble == Trouble.LATE:
        what = f"ends {_moment(row.next_update)}, and the next one is overdue"
    else:
        what = f"cannot be fetched since {_moment(row.failed_since)}"
    error = f": {row.error}" if row.error else ""
    return f"{row.url} of “{row.store}” {what}{error}"


def where(row: RevocationList) -> str:
    """Return the path of the page on which a list is looked after."""
    return reverse("admin:certs_truststore_change", args=[row.store_id])


def _matter(row: RevocationList, *, now: datetime) -> str:
    """Return what is one trouble: this list, until another comes or it is reached."""
    trouble = row.trouble(now)
    since = row.failed_since if trouble == Trouble.UNKNOWN else row.next_update
    return f"crl {row.pk} {trouble} {since and since.isoformat()}"


def _teams(row: RevocationList) -> list[str]:
    teams = row.store.teams.exclude(email="")
    return [email.lower() for email in teams.values_list("email", flat=True)]


def _subject(row: RevocationList, *, now: datetime) -> str:
    trouble = row.trouble(now)
    assert trouble is not None  # noqa: S101 - for mypy: it is in_trouble
    return f"Certdesk: revocation list of “{row.store}” {trouble.label}"[:200]


def _body(row: RevocationList, *, now: datetime) -> str:
    lines = [
        f"The revocation list {in_words(row, now=now)}",
        "",
        "Clients that look at it may refuse every certificate of its CA once it is"
        " older than it says itself. Have the CA publish a new one, and see that it"
        " arrives at the address.",
        "",
    ]
    facts = {
        "Issuer": row.issuer,
        "Number": row.number,
        "Made": _moment(row.this_update),
        "Good until": _moment(row.next_update),
        "Fetched": _moment(row.fetched_at),
    }
    lines += [f"{name}: {value}" for name, value in facts.items() if value]
    return "\n".join([*lines, "", f"{settings.DEFAULT_HOST}{where(row)}", ""])


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else ""
