from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts import chain
from accounts.models import AppendOnlyError, Change
from accounts.models.sealing import seal
from accounts.services import trail
from accounts.tests.factories import make_team

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noticed")]


@pytest.fixture
def chained():
    """Entries 1 to 5."""
    for number in range(1, 6):
        make_team(f"Team {number}")
    seal()
    return [entry.link for entry in Change.objects.sealed()]


def at(number):
    return Change.objects.filter(number=number)


def broken(**kwargs):
    found = trail.verify(**kwargs).broken
    return found and str(found)


def test_a_log_that_nobody_has_touched_is_whole(chained):
    report = trail.verify(batch=2)

    assert report.broken is None
    assert report.count == 5
    assert report.head == trail.Head(5, chained[-1])
    assert report.start == trail.START
    assert len(set(chained)) == 5


def test_an_empty_log_is_whole():
    assert trail.verify().count == 0


@pytest.mark.parametrize(
    "change",
    [
        {"actor_name": "somebody else"},
        {"at": timezone.now() - timedelta(days=1)},
        {"changes": {"name": [None, "Another"]}},
        {"proof": "0" * 64},
        {"object_key": ""},
        {"address": "192.0.2.1"},
    ],
)
def test_an_entry_that_was_changed_is_named(chained, change):
    at(3).update(**change)

    assert broken() == "Entry 3 was changed."


def test_an_entry_that_was_deleted_is_named(chained):
    at(2).prune()

    assert broken() == "Entry 2 is missing."


def test_several_that_were_deleted_are_counted(chained):
    at(1).prune()
    at(2).prune()

    assert broken() == "Entry 1 and 1 after it are missing."


def test_entries_that_changed_places_are_named(chained):
    at(2).update(number=99)
    at(3).update(number=2)
    at(99).update(number=3)

    assert broken() == "Entry 2 does not follow the one before it."


def test_a_gap_that_was_closed_is_named(chained):
    at(3).prune()
    at(4).update(number=3)
    at(5).update(number=4)

    assert broken() == "Entry 3 does not follow the one before it."


def test_a_chain_that_was_made_anew_with_another_key_is_named(chained, settings):
    ours = settings.CHANGELOG_KEYS
    settings.CHANGELOG_KEYS = ["what somebody with the database alone may guess"]
    Change.objects.update(link="")
    for entry in Change.objects.sealed():
        Change.objects.filter(pk=entry.pk).update(number=-entry.number)
    seal()
    settings.CHANGELOG_KEYS = ours

    assert broken() == "Entry 1 does not follow the one before it."


def test_a_log_stays_whole_when_the_key_changes(chained, settings):
    settings.CHANGELOG_KEYS = ["a new key", *settings.CHANGELOG_KEYS]
    make_team("Team 6")
    seal()

    assert trail.verify().count == 6
    assert broken() is None

    settings.CHANGELOG_KEYS = settings.CHANGELOG_KEYS[:1]

    assert broken() == "Entry 1 was changed."


def test_what_was_cut_off_at_the_end_is_missed_by_who_knows_the_head(chained):
    head = trail.parse_head(f"5:{chained[-1]}\n")
    at(5).prune()
    at(4).prune()

    assert broken() is None
    assert broken(since=head) == "Entry 4 and all up to 5 are missing."


def test_another_entry_in_the_place_of_the_head_is_noticed(chained):
    head = trail.Head(4, "0" * 64)

    assert broken(since=head) == "Entry 4 is not the one that was there before."
    assert broken(since=trail.Head(4, chained[3])) is None


@pytest.mark.parametrize("text", ["", "5", "x:y", "5:abc", f"-1:{'0' * 64}"])
def test_only_a_head_is_read_as_one(text):
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        trail.parse_head(text)


def unsealed():
    """Write an entry and die before it is sealed."""
    entry = Change.objects.entry("create", model="accounts.team")
    entry.save()
    return entry


def test_an_entry_that_waits_is_counted_and_sealed_first_later(chained):
    unsealed()

    report = trail.verify()
    seal()

    assert (report.count, report.waiting, report.broken) == (5, 1, None)
    assert trail.verify().head.number == 6


def test_an_entry_that_was_slipped_in_is_no_entry(chained):
    Change(action="create", channel="page", model="accounts.team").save()

    assert broken() == "Entry 6 waits for its place and was changed."

    seal()

    assert broken() == "Entry 6 was changed."


def write(*, days_ago):
    entry = Change.objects.entry("sign-in", model="accounts.user")
    entry.at -= timedelta(days=days_ago)
    entry.proof = chain.proof(entry.facts)
    Change.objects.keep([entry])
    seal()


def test_what_is_older_than_it_is_kept_goes_and_the_rest_is_still_whole():
    for days in (50, 40, 30, 20, 10):
        write(days_ago=days)
    old: Any = {"now": timezone.now(), "kept": timedelta(days=25)}
    last = Change.objects.get(number=3).link
    assert trail.due(**old) == 3

    assert list(trail.prune(batch=2, **old)) == [2, 1]

    report = trail.verify()
    assert report.broken is None
    assert report.start == trail.Head(3, last)
    assert report.count == 3
    assert Change.objects.newest_first()[0].object_text == "entries up to 3"


def test_the_younger_stay(chained):
    old: Any = {"now": timezone.now(), "kept": timedelta(days=1)}

    assert trail.due(**old) == 0
    assert list(trail.prune(**old)) == []
    assert Change.objects.count() == 5


def test_pruning_goes_on_where_it_was_stopped(chained):
    old: Any = {"now": timezone.now() + timedelta(days=9), "kept": timedelta(days=8)}
    next(trail.prune(batch=2, **old))
    assert trail.verify().broken is None

    young: Any = {"now": timezone.now(), "kept": timedelta(days=8)}

    assert sum(trail.prune(**young)) == 3
    assert trail.verify().broken is None
    assert Change.objects.count() == 1


def test_the_entry_about_pruning_cannot_be_taken_away(chained):
    old: Any = {"now": timezone.now() + timedelta(days=9), "kept": timedelta(days=8)}
    list(trail.prune(**old))
    make_team("Team 6")
    seal()
    at(6).prune()

    assert broken() == "Entry 1 and 5 after it are missing."


def test_entries_are_not_deleted_in_passing(chained):
    with pytest.raises(AppendOnlyError):
        Change.objects.all().delete()
    with pytest.raises(AppendOnlyError):
        Change.objects.get(number=1).delete()

    assert Change.objects.count() == 5
