from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from accounts.values import LONGEST, MASK, MOST, mask, plain, text, texts


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (None, None),
        (True, True),
        (443, 443),
        (1 << 70, str(1 << 70)),
        (1.5, "1.5"),
        ("a", "a"),
        (("a", 1), ["a", "1"]),
        ({"b": 1, "a": None}, '{"a": null, "b": 1}'),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC), "2026-01-02T03:04:05.678Z"),
        (datetime(2026, 1, 2, 3, 4, 5), "2026-01-02T03:04:05.000Z"),  # noqa: DTZ001
        (
            datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(hours=2))),
            "2026-01-02T01:00:00.000Z",
        ),
        ("a\0b\ud800", "a\ufffdb?"),
    ],
)
def test_every_value_is_kept_as_each_database_gives_it_back(value, kept):
    assert plain(value) == kept


def test_a_long_text_is_cut():
    assert text("x" * 600) == "x" * (LONGEST - 1) + "…"


def test_of_a_long_list_the_rest_is_counted():
    kept = texts(range(MOST + 7))

    assert kept[-1] == "… and 7 more"
    assert len(kept) == MOST + 1


def test_a_secret_says_only_that_there_is_one():
    assert mask("secret") == MASK
    assert mask("") == ""
