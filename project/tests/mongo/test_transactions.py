from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from threading import Barrier

import pytest
from django.contrib.auth.models import Group
from django.core.checks import run_checks
from django.db import (
    DatabaseError,
    IntegrityError,
    OperationalError,
    connections,
    models,
    transaction,
)
from django.db.transaction import TransactionManagementError
from pymongo.client_session import ClientSession
from pymongo.errors import OperationFailure

from certs.models import Endpoint, Tag
from certs.pki.x509 import parse_der
from certs.services import inventory
from certs.tests.factories import make_chain, make_endpoint
from project.tests.mongo.made import collection_of, connection, make_model

pytestmark = pytest.mark.django_db


class StopError(Exception):
    pass


def in_another_thread(function):
    """What `function` returns there; a thread has a connection of its own."""

    def run():
        try:
            return function()
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def test_an_error_undoes_every_document_of_the_block():
    @transaction.atomic
    def fail():
        Tag.objects.create(name="a")
        Tag.objects.bulk_create([Tag(name="b"), Tag(name="c")])
        Group.objects.filter(name="Viewer").update(name="renamed")
        assert Tag.objects.count() == 3
        raise StopError

    with pytest.raises(StopError):
        fail()

    assert not Tag.objects.exists()
    assert not Group.objects.filter(name="renamed").exists()


def test_nobody_sees_a_block_before_it_ends():
    with transaction.atomic():
        Tag.objects.create(name="a")
        assert in_another_thread(Tag.objects.count) == 0

    assert in_another_thread(Tag.objects.count) == 1


def test_a_service_that_writes_several_collections_is_all_or_nothing(monkeypatch):
    def fail(*_args, **_kwargs):
        raise StopError

    monkeypatch.setattr(Tag.objects, "get_or_create", fail)
    with pytest.raises(StopError):
        inventory.save_endpoint(
            Endpoint(host="a.example.org"), contacts=["x@example.org"], tags=["t"]
        )

    assert not Endpoint.objects.exists()
    assert not connection.database["certs_contact"].count_documents({})


def test_on_commit_waits_for_the_commit_and_is_forgotten_with_the_block():
    said = []

    @transaction.atomic
    def fail():
        transaction.on_commit(lambda: said.append("never"))
        raise StopError

    with transaction.atomic():
        transaction.on_commit(lambda: said.append(f"{Tag.objects.count()} tag"))
        Tag.objects.create(name="a")
        assert said == []
    with pytest.raises(StopError):
        fail()
    transaction.on_commit(lambda: said.append("at once"))

    assert said == ["1 tag", "at once"]


def test_an_inner_block_belongs_to_the_outer_one():
    @transaction.atomic
    def fail():
        with transaction.atomic():
            Tag.objects.create(name="inner")
        raise StopError

    with pytest.raises(StopError):
        fail()

    assert not Tag.objects.exists()


def test_an_error_in_an_inner_block_ends_the_outer_one_too():
    with transaction.atomic():
        Tag.objects.create(name="outer")
        with pytest.raises(StopError), transaction.atomic():
            raise StopError
        with pytest.raises(TransactionManagementError, match="until the end"):
            Tag.objects.count()

    assert not Tag.objects.exists()


def test_a_durable_block_is_not_nested():
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        transaction.atomic(durable=True).__enter__()


def test_a_block_without_statements_asks_the_server_nothing():
    with transaction.atomic():
        assert connection._session is None


def test_a_duplicate_ends_the_block_with_an_integrity_error():
    @transaction.atomic
    def create(*names):
        for name in names:
            Tag.objects.create(name=name)

    create("a")

    with pytest.raises(IntegrityError, match="duplicate key"):
        create("b", "a")

    assert [tag.name for tag in Tag.objects.all()] == ["a"]


def test_two_blocks_that_write_the_same_row_meet_and_one_is_told_so():
    tag = Tag.objects.create(name="a")

    @transaction.atomic
    def rename():
        Tag.objects.count()  # so that the update is not what can be run again
        in_another_thread(lambda: Tag.objects.filter(pk=tag.pk).update(name="b"))
        Tag.objects.filter(pk=tag.pk).update(name="c")

    with pytest.raises(OperationalError, match="run it again"):
        rename()

    tag.refresh_from_db()
    assert tag.name == "b"


def test_a_block_s_first_statement_is_run_again_when_it_meets_another_block():
    row = Group.objects.create(name="0")
    together = Barrier(4)

    def count_up():
        together.wait()
        for _ in range(10):
            with transaction.atomic():
                Group.objects.filter(pk=row.pk).update(name=models.F("name"))

    def work(_):
        try:
            count_up()
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    row.refresh_from_db()
    assert row.name == "0"


def test_writers_at_the_same_time_store_a_certificate_once():
    parsed = [parse_der(der) for der in make_chain()]
    now = parsed[0].not_before
    together = Barrier(4)

    def store(_):
        try:
            together.wait()
            return {row.pk for row in inventory.store(parsed, now=now).values()}
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(4) as pool:
        stored = list(pool.map(store, range(4)))

    assert stored[0] == stored[1] == stored[2] == stored[3]


def test_a_block_that_ignores_conflicts_goes_on():
    thing = make_model(
        code=models.CharField(max_length=9, unique=True),
        nick=models.CharField(max_length=9, null=True, unique=True),
        first=models.IntegerField(),
        second=models.IntegerField(),
        meta={"unique_together": {("first", "second")}},
    )

    with collection_of(thing):
        thing.objects.create(code="a", nick="n", first=1, second=1)
        rows = [
            thing(code="a", first=2, second=2),
            thing(code="b", first=1, second=1),
            thing(code="c", nick="n", first=3, second=3),
            thing(code="d", first=4, second=4),
            thing(code="d", first=5, second=5),
        ]
        with transaction.atomic():
            thing.objects.bulk_create(rows, ignore_conflicts=True)
            thing.objects.create(code="e", first=6, second=6)
        left = thing.objects.order_by("code").values_list("code", flat=True)

        assert list(left) == ["a", "d", "e"]


def test_a_closed_connection_undoes_its_block():
    with transaction.atomic():
        Tag.objects.create(name="a")
        connection.close()
        with pytest.raises(TransactionManagementError):
            Tag.objects.count()

    assert Tag.objects.count() == 0
    Tag.objects.create(name="b")


def test_a_commit_that_fails_is_an_error_and_leaves_nothing():
    @transaction.atomic
    def create():
        Tag.objects.create(name="a")
        # The server forgets it, as after a step-down or after a minute.
        session = connection.session.session_id
        connection.database.client.admin.command("killSessions", [session])

    with pytest.raises(OperationalError):
        create()

    assert not Tag.objects.exists()


def test_manual_transactions_work_as_well():
    transaction.set_autocommit(False)
    try:
        Tag.objects.create(name="a")
        transaction.rollback()
        Tag.objects.create(name="b")
        transaction.commit()
    finally:
        transaction.set_autocommit(True)

    assert [tag.name for tag in Tag.objects.all()] == ["b"]


def test_what_is_not_committed_by_hand_is_undone():
    transaction.set_autocommit(False)
    Tag.objects.create(name="a")
    transaction.set_autocommit(True)

    assert not Tag.objects.exists()


@pytest.mark.parametrize("labels", [["UnknownTransactionCommitResult"], []])
def test_a_commit_whose_result_is_unknown_is_asked_for_again(labels, monkeypatch):
    commit, asked = ClientSession.commit_transaction, []

    def lose_the_answer(self):
        asked.append(True)
        commit(self)
        if len(asked) == 1:
            raise OperationFailure("lost", details={"errorLabels": labels})

    monkeypatch.setattr(ClientSession, "commit_transaction", lose_the_answer)
    known = pytest.raises(DatabaseError, match="lost") if not labels else nullcontext()
    with known, transaction.atomic():
        Tag.objects.create(name="a")

    assert len(asked) == 1 + len(labels)
    assert Tag.objects.count() == 1


def test_a_replica_set_needs_no_warning():
    assert run_checks(databases=["default"], tags=["database"]) == []


@pytest.fixture
def _standing_alone(monkeypatch):
    monkeypatch.setattr(connection.features, "has_transactions", value=False)


@pytest.mark.usefixtures("_standing_alone")
def test_on_a_server_that_stands_alone_a_check_says_what_is_missing():
    [warning] = run_checks(databases=["default"], tags=["database"])

    assert warning.id == "project.W001"
    assert "no transactions" in warning.msg
    assert "replica set" in str(warning.hint)


@pytest.mark.usefixtures("_standing_alone")
def test_there_blocks_write_at_once_and_on_commit_still_waits():
    said = []

    with transaction.atomic():
        transaction.on_commit(lambda: said.append("done"))
        make_endpoint("a.example.org", tags=["t"])
        assert in_another_thread(Endpoint.objects.count) == 1
        assert said == []

    assert said == ["done"]


@pytest.mark.usefixtures("_standing_alone")
def test_there_conflicts_are_ignored_by_the_server():
    Tag.objects.create(name="a")

    Tag.objects.bulk_create([Tag(name="a"), Tag(name="b")], ignore_conflicts=True)

    assert [tag.name for tag in Tag.objects.all()] == ["a", "b"]
