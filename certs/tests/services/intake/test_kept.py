"""A file between its upload and its import."""

from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings

from certs.services.intake import kept
from certs.services.intake.rows import UnreadableError
from certs.tests.services.intake.files import uploaded


def names():
    return sorted(file.suffix for file in Path(settings.EXPORT_DIR).glob("*"))


def test_an_upload_is_for_its_owner_alone():
    uploaded("host", "a.example.org")

    (file,) = Path(settings.EXPORT_DIR).glob("*")
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_it_is_read_in_batches_from_any_place():
    key = uploaded("host,colour", "a", "b", "c")

    first = kept.batch(key, at=0, size=2)
    rest = kept.batch(key, at=first.end, size=2)

    assert [row.cells["host"] for row in (*first.rows, *rest.rows)] == ["a", "b", "c"]
    assert (first.is_last, rest.is_last) == (False, True)
    assert not kept.batch(key, at=rest.end, size=2).rows


def test_the_heading_knows_columns_and_rows():
    found = kept.heading(uploaded("colour,host", *(f"x,a{n}" for n in range(12))))

    assert (found.columns, found.ignored, found.rows) == (("host",), ("colour",), 12)


def test_it_is_confirmed_once():
    key = uploaded("host", "a")

    assert [kept.confirm(key), kept.confirm(key), kept.confirm(uuid4())] == [
        True,
        False,
        False,
    ]
    kept.forget_upload(key)
    assert [row.line for row in kept.rows(key)] == [2]


def test_nothing_is_kept_of_what_cannot_be_read():
    with pytest.raises(UnreadableError):
        uploaded("host", "a", '"b')

    assert names() == []


def test_what_is_forgotten_is_gone():
    key, other = uploaded("host", "a"), uploaded("host", "a")
    kept.confirm(key)

    kept.forget(key)
    kept.forget_upload(other)

    assert names() == []
    with pytest.raises(FileNotFoundError):
        kept.heading(key)
