"""Letters that are about no endpoint: to Administrators and teams, each once."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid5

from accounts.models import User
from certs.models import Letter

_LETTERS = UUID("01932d1c-6f00-7c4a-9d58-3d7be2f2b7aa")  # of letters of this kind


def put_out(
    matter: str, *, addresses: Iterable[str], subject: str, body: str, now: datetime
) -> int:
    """Write a letter to each of `addresses`; tell how many are new.

    About the same matter nobody gets a second one, however often this is called.
    """
    letters = [
        Letter(
            id=uuid5(_LETTERS, f"{matter} {address}"),
            kind=Letter.Kind.REPORT,
            address=address,
            subject=subject,
            body=body,
            created_at=now,
            due_at=now,
        )
        for address in sorted(set(addresses))
    ]
    written = Letter.objects.filter(pk__in=[letter.pk for letter in letters])
    before = written.count()
    Letter.objects.bulk_create(letters, ignore_conflicts=True)
    return len(letters) - before


def administrators() -> list[str]:
    """Return the mail addresses of the Administrators who may sign in."""
    people = User.objects.administrators().filter(is_active=True)
    return list(people.values_list("email", flat=True))
