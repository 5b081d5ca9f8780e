import json
import stat

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import ApiToken, User
from accounts.services import tokens
from accounts.services.changes import unnoticed
from accounts.tests.factories import PASSWORD, make_team, make_token
from certs.models import Certificate, Endpoint
from certs.tests.factories import make_endpoint
from project.tests.transport.places import (
    back_up,
    default,
    lines,
    make_estate,
    make_tables,
    repeat_rows,
    sqlite,
)
from project.transport import TransportError, backup, restore
from project.transport.archive import DamagedError, Header, writing
from project.transport.places import snapshot

pytestmark = [pytest.mark.slow, pytest.mark.once]

# Columns without instants, which a backup cuts to milliseconds.
KEPT = ("pk", "host", "notes", "team", "status", "certificate", "tags", "not_after")


@pytest.fixture
def old(tmp_path):
    return sqlite(tmp_path / "old.sqlite3")


@pytest.fixture
def new(tmp_path):
    return sqlite(tmp_path / "new.sqlite3")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "certdesk.backup.gz"


def load(file):
    with file.open("rb") as opened:
        return sum(restore.load(opened, "default"))


def test_everything_comes_back_and_backs_up_to_the_same_bytes(
    old, new, file, tmp_path, monkeypatch
):
    for module in (backup, restore):
        monkeypatch.setattr(module, "BATCH", 3)  # several for most tables
    with default(old):
        ann = make_estate()
        written = back_up(file)
        before = list(Endpoint.objects.order_by("pk").values_list(*KEPT))

    with default(new):
        rows = load(file)
        again = tmp_path / "again.gz"
        back_up(again)

        assert list(Endpoint.objects.order_by("pk").values_list(*KEPT)) == before
        assert User.objects.get() == ann
        assert User.objects.get().check_password(PASSWORD)
        assert list(ann.groups.all()) == [Group.objects.get(name="Editor")]
        odd = Certificate.objects.get(is_ca=True, trust_roots=None)
        assert odd.dns_names == (" a ", "\u2028b")
        assert rows == json.loads(written[-1])["rows"]
    assert again.read_bytes() == file.read_bytes()


def test_life_goes_on_after_a_restore(old, new, file):
    with default(old):
        make_estate(1)
        back_up(file)

    with default(new):
        load(file)
        make_endpoint(tags=["t1"], contacts=["a@example.org"])
        Group.objects.create(name="New")  # a number that is not taken

        assert Endpoint.objects.count() == 2


def test_content_types_keep_their_numbers_for_the_rows_that_refer_to_them(
    old, new, file
):
    with default(old):
        make_estate(1)
        ContentType.objects.get(model="session").delete()
        call_command("migrate", verbosity=0)  # made again, with another number
        number = ContentType.objects.get(model="session").pk
        back_up(file)

    with default(new):
        load(file)

        assert ContentType.objects.get(model="session").pk == number
        logged = LogEntry.objects.get().content_type
        assert logged == ContentType.objects.get_for_model(Endpoint)


def test_instants_are_kept_to_the_millisecond(old, file):
    with default(old):
        make_estate(1)
        text = "\n".join(back_up(file))

    assert "2026-11-21T12:00:00.123Z" in text
    assert ".123456" not in text


def test_passwords_are_in_it_only_when_asked_for_and_sessions_never(old, new, file):
    with default(old):
        ann = make_estate(1)
        call_command("migrate", verbosity=0)
        with_secrets = "\n".join(back_up(file))
        without = "\n".join(back_up(file, secrets=False))

    assert ann.password in with_secrets
    assert ann.password not in without
    assert "sessions.session" not in with_secrets
    with default(new):
        load(file)
        assert not User.objects.get().has_usable_password()


def test_without_secrets_api_tokens_come_back_and_open_nothing(old, new, file):
    with default(old):
        ann = make_estate(1)
        made = [make_token(ann) for _ in range(2)]
        assert made[0].token.digest not in "\n".join(back_up(file, secrets=False))
    with default(new):
        load(file)
        assert ApiToken.objects.count() == 2
        assert tokens.find(made[0].text, address=None, now=timezone.now()) is None


def test_the_file_is_for_its_owner_alone(old, file):
    with default(old):
        make_estate(1)
        back_up(file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_one_who_stops_early_leaves_no_file(old, file, tmp_path):
    with default(old):
        make_estate(1)
        steps = backup.write(file, "default", secrets=True)
        next(steps)
        assert len(list(tmp_path.glob(".certdesk*"))) == 1
        steps.close()

    assert not file.exists()
    assert not list(tmp_path.glob(".certdesk*"))


def test_a_database_without_tables_cannot_be_backed_up(old, file):
    with default(old), pytest.raises(TransportError, match="no tables"):
        back_up(file)

    assert not file.exists()


def test_a_database_that_holds_something_is_not_restored_into(old, new, file):
    with default(old):
        make_estate(1)
        back_up(file)
    with default(new):
        make_tables()
        with unnoticed():
            team = make_team()

        with pytest.raises(TransportError, match=r"not empty: accounts\.team"):
            load(file)

        assert list(type(team).objects.all()) == [team]


def test_a_freshly_migrated_database_counts_as_empty(old, new, file):
    with default(old):
        make_estate(1)
        back_up(file)

    with default(new):
        make_tables()
        load(file)

        assert Endpoint.objects.count() == 1


def test_what_fails_half_way_leaves_the_database_empty(old, new, file):
    with default(old):
        make_estate(2)
        back_up(file)
    repeat_rows(file, "certs.endpoint")

    with default(new):
        with pytest.raises(IntegrityError):
            load(file)
        assert not Endpoint.objects.exists()
        assert not Certificate.objects.exists()
        assert Group.objects.count() == 3


def test_a_file_with_a_table_of_somebody_else_is_refused(new, file):
    header = Header(app="x", secrets=False, migrations={"certs": ["0001_initial"]})
    with file.open("wb") as opened, writing(opened) as archive:
        archive.begin(header)
        archive.open("shop.order", ["id"])
        archive.rows(["[1]"])
        archive.close()
        archive.end()

    with default(new), pytest.raises(DamagedError, match=r"shop\.order"):
        load(file)


def test_a_backup_is_of_one_moment_while_others_write(old, file, monkeypatch):
    monkeypatch.setattr(backup, "BATCH", 1)
    with default(old):
        make_estate(3)
        with snapshot() as alias:
            steps = backup.write(file, alias, secrets=True)
            next(steps)
            Endpoint.objects.all().delete()  # no lock holds it up
            assert sum(steps) == backup.total(alias) - 1
    text = "\n".join(lines(file))

    assert "h0.example.org" in text
    assert "h2.example.org" in text
