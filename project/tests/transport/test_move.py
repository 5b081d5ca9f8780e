import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connections

from accounts.services.changes import unnoticed
from certs.models import Certificate, Endpoint, Tag
from project.tests.transport.places import (
    back_up,
    default,
    make_estate,
    make_tables,
    sqlite,
)
from project.transport import TransportError, progress
from project.transport.move import Journey
from project.transport.places import at, connected

pytestmark = [pytest.mark.slow, pytest.mark.once]

ORIGIN = "sqlite:///old"


@pytest.fixture
def old(tmp_path):
    url = sqlite(tmp_path / "old.sqlite3")
    with default(url):
        make_estate()
    return url


@pytest.fixture
def new(tmp_path):
    return sqlite(tmp_path / "new.sqlite3")


@pytest.fixture
def journey(old, new):
    """Begins a move from old to new, as often as it is called."""
    with connected("source", at(old, option="--from")), default(new) as target:
        yield lambda **options: Journey(
            "source", target, **{"origin": ORIGIN, "batch": 2, **options}
        )


def test_everything_arrives_and_both_ends_are_equal(journey, old, new, tmp_path):
    move = journey()

    assert move.prepare() == 0
    assert sum(move.copy()) == move.total()
    assert all(found.is_same for found in move.compare())
    move.finish()

    assert Endpoint.objects.count() == 5
    arrived = back_up(tmp_path / "new.gz")
    with default(old):
        assert back_up(tmp_path / "old.gz") == arrived
    Group.objects.create(name="New")  # a number that is not taken


def test_what_was_stopped_anywhere_goes_on_there(journey):
    total = journey().total()
    copied = [0]

    while sum(copied) < total:  # stopped after every third batch
        move = journey()
        assert move.prepare() == sum(copied)
        steps = move.copy()
        copied += [step for _, step in zip(range(3), steps, strict=False)]
        steps.close()
    move.prepare()
    list(move.copy())

    assert all(found.is_same for found in move.compare())


def test_what_stops_before_the_tables_are_made_goes_on_too(journey, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    move = journey()
    with monkeypatch.context() as patch:
        patch.setattr("project.transport.schema.migrate_to", stop)
        with pytest.raises(KeyboardInterrupt):
            move.prepare()

    move.prepare()
    list(move.copy())

    assert all(found.is_same for found in move.compare())


def test_another_move_into_the_same_target_is_refused(journey):
    journey().prepare()

    with pytest.raises(
        TransportError, match="half filled by a move from sqlite:///old"
    ):
        journey(origin="sqlite:///else").prepare()


def test_a_mark_without_a_name_on_it_is_nobody_s(journey):
    progress.begin("default", origin="x").delete()

    journey().prepare()

    assert str(progress.found("default", origin=ORIGIN)) == ORIGIN


def test_a_target_with_somebody_s_data_is_refused_and_left_alone(journey):
    make_tables()
    with unnoticed():
        Tag.objects.create(name="mine")

    with pytest.raises(TransportError, match=r"not empty: certs\.tag"):
        journey().prepare()

    assert Tag.objects.get().name == "mine"
    assert "certdesk_move" not in connections["default"].introspection.table_names()


def test_a_target_at_other_migrations_is_refused(journey):
    call_command("migrate", "certs", "0002", verbosity=0)

    with pytest.raises(TransportError, match=r"other migrations.*certs\.0003"):
        journey().prepare()


def test_a_source_that_is_not_migrated_yet_keeps_its_state(old, new):
    with default(old):
        call_command("migrate", "certs", "0002", verbosity=0)
    with connected("source", at(old, option="--from")), default(new) as target:
        move = Journey("source", target, origin=ORIGIN, batch=100)
        move.prepare()
        list(move.copy())
        assert all(found.is_same for found in move.compare())

        call_command("migrate", verbosity=0)

        assert Endpoint.objects.count() == 5


def test_a_source_without_tables_is_most_likely_a_mistake(new, tmp_path):
    nothing = at(sqlite(tmp_path / "typo.sqlite3"), option="--from")
    with (
        connected("source", nothing),
        default(new),
        pytest.raises(TransportError, match="no tables"),
    ):
        Journey("source", "default", origin=ORIGIN, batch=1)


def test_a_database_is_not_moved_into_itself(old):
    with (
        connected("source", at(old, option="--from")),
        default(old),
        pytest.raises(TransportError, match="same database"),
    ):
        Journey("source", "default", origin=ORIGIN, batch=1)


def test_a_row_that_was_lost_or_changed_is_found(journey):
    move = journey()
    move.prepare()
    list(move.copy())
    Certificate.objects.filter(is_ca=True).update(key_size=7)
    with unnoticed():
        Tag.objects.all().delete()

    differing = {found.label for found in move.compare() if not found.is_same}

    assert differing == {"certs.certificate", "certs.tag", "certs.endpoint_tags"}


def test_a_table_that_refers_to_itself_arrives_whole_or_not_at_all(
    journey, monkeypatch
):
    move = journey()
    move.prepare()
    monkeypatch.setattr("project.transport.tables.Table.refers_to_itself", True)
    tables = {table.label: table for table in move.tables}

    steps = move.copy()
    for _ in steps:
        if tables["certs.endpoint"].last_key("default"):
            break
    steps.close()

    assert tables["certs.certificate"].rows("default").exists()
    assert not tables["certs.endpoint"].rows("default").exists()
