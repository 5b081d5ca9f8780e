"""`backup` and `restore` as people run them: processes, files, exit statuses."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from certs.models import Tag
from project.tests.transport.places import (
    ROOT,
    back_up,
    default,
    environment,
    make_estate,
    make_tables,
    manage,
    sqlite,
)

pytestmark = [pytest.mark.slow, pytest.mark.once]

TREE = ("accounts", "certs", "project", "templates", "manage.py")
LABEL = """
from django.db import migrations, models


def fill(apps, schema_editor):
    for tag in apps.get_model("certs", "Tag").objects.all():
        tag.label = f"was {tag.slug}"
        tag.save()


class Migration(migrations.Migration):
    dependencies = [("certs", "%s")]
    operations = [
        migrations.RenameField("tag", "name", "slug"),
        migrations.AlterModelOptions("tag", {"ordering": ["slug"]}),
        migrations.AddField("tag", "label", models.TextField(default="")),
        migrations.RunPython(fill),
    ]
"""


@pytest.fixture(autouse=True)
def _own_databases(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="module")
def estate(tmp_path_factory, django_db_setup, django_db_blocker):
    """The URL of a database with something in it."""
    url = sqlite(tmp_path_factory.mktemp("estate") / "old.sqlite3")
    with django_db_blocker.unblock(), default(url):
        make_estate(3)
    return url


@pytest.fixture
def file(tmp_path):
    return tmp_path / "certdesk.backup.gz"


@pytest.fixture
def empty(tmp_path):
    return sqlite(tmp_path / "new.sqlite3")


def newer_version(directory):
    """A copy of the project with one more migration, which renames and fills."""
    for name in TREE:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, directory / name)
    last = max(path.stem for path in (ROOT / "certs" / "migrations").glob("0*.py"))
    migration = directory / "certs" / "migrations" / "9999_label.py"
    migration.write_text(LABEL % last)
    models = directory / "certs" / "models" / "contact.py"
    old, new = (
        "    name = models.SlugField(unique=True)",
        (
            "    slug = models.SlugField(unique=True)\n"
            '    label = models.TextField(default="")'
        ),
    )
    text = models.read_text()
    assert old in text
    models.write_text(text.replace(old, new).replace('["name"]', '["slug"]'))
    return directory


def test_a_file_says_how_many_rows_it_has_and_comes_back(estate, file, empty):
    written = manage("backup", file, url=estate)
    restored = manage("restore", file, url=empty)

    assert written.returncode == 0, written.stderr
    (number,) = re.findall(r"(\d+) rows are in", written.stdout)
    assert restored.returncode == 0, restored.stderr
    assert f"{number} rows were restored" in restored.stdout
    assert "changepassword" in restored.stdout
    assert written.stderr == restored.stderr == ""  # no bar without a terminal
    with default(empty):
        assert Tag.objects.get().name == "t1"


def test_with_secrets_nobody_needs_a_new_password(estate, file, empty):
    manage("backup", file, "--with-secrets", url=estate)

    assert "changepassword" not in manage("restore", file, url=empty).stdout


def test_a_file_is_replaced_only_when_told_to(estate, file):
    file.write_text("mine")

    refused = manage("backup", file, url=estate)
    assert (refused.returncode, file.read_text()) == (2, "mine")
    assert "--force" in refused.stderr

    assert manage("backup", file, "--force", url=estate).returncode == 0
    assert file.read_bytes() != b"mine"


def test_a_file_that_is_cut_off_changes_nothing(estate, file, empty):
    manage("backup", file, url=estate)
    file.write_bytes(file.read_bytes()[:-100])

    checked = manage("restore", "--check", file, url=empty)
    restored = manage("restore", file, url=empty)

    assert (checked.returncode, restored.returncode) == (1, 1)
    assert "damaged" in checked.stderr
    assert not Path(empty.removeprefix("sqlite:///")).exists()


def test_a_whole_file_is_told_from_a_damaged_one_without_a_database(estate, file):
    manage("backup", file, url=estate)

    checked = manage("restore", "--check", file, url="sqlite:////proc/nothing.sqlite3")

    assert checked.returncode == 0, checked.stderr
    assert "is whole" in checked.stdout


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_what_cannot_be_opened_is_one_sentence(command, estate, tmp_path):
    ended = manage(command, tmp_path / "no" / "file.gz", url=estate)

    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "file.gz" in ended.stderr


def test_a_database_that_does_not_answer_is_one_sentence(file):
    ended = manage("backup", file, url="sqlite:////proc/nothing.sqlite3")

    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "unable to open" in ended.stderr


def test_ctrl_c_leaves_no_file(tmp_path, file):
    with default(url := sqlite(tmp_path / "large.sqlite3")):
        make_tables()
        Tag.objects.bulk_create(Tag(name=f"t{n}") for n in range(120_000))
    process = subprocess.Popen(
        ["nice", sys.executable, "manage.py", "backup", str(file)],  # noqa: S607
        cwd=ROOT,
        env=environment(url),
        stderr=subprocess.PIPE,
        text=True,
    )
    while not list(tmp_path.glob(f".{file.name}*")):
        assert process.poll() is None
        time.sleep(0.001)

    while process.poll() is None:  # as somebody who waits presses it again
        os.kill(process.pid, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)

    assert "Stopped; no file was written." in process.communicate(timeout=30)[1]
    assert process.returncode == 130
    assert not list(tmp_path.glob("*.gz*"))
    assert not list(tmp_path.glob(".*.gz*"))


def test_an_older_file_is_brought_up_to_this_version(estate, file, empty, tmp_path):
    manage("backup", file, url=estate)
    newer = newer_version(tmp_path)

    restored = manage("restore", file, url=empty, root=newer)

    assert restored.returncode == 0, restored.stderr
    show = (
        "from certs.models import Tag; print(*Tag.objects.values_list('slug', 'label'))"
    )
    shown = manage("shell", "--no-imports", "-c", show, url=empty, root=newer)
    assert shown.stdout.strip() == "('t1', 'was t1')"
    assert "No planned" in manage("migrate", "--plan", url=empty, root=newer).stdout


def test_the_moment_before_an_upgrade_is_a_good_one_for_a_backup(
    estate, file, tmp_path
):
    newer = newer_version(tmp_path)

    ended = manage("backup", "--with-secrets", file, url=estate, root=newer)

    assert ended.returncode == 0, ended.stderr
    with default(estate):
        assert back_up(tmp_path / "now.gz")
    assert file.read_bytes() == (tmp_path / "now.gz").read_bytes()


def test_a_file_from_a_newer_version_is_refused_by_name(estate, file, empty, tmp_path):
    newer = newer_version(tmp_path)
    manage("backup", before := tmp_path / "before.gz", url=estate)
    manage("restore", before, url=empty, root=newer)
    manage("backup", file, url=empty, root=newer)

    refused = manage("restore", file, url=sqlite(tmp_path / "other.sqlite3"))

    assert refused.returncode == 1
    assert "newer version" in refused.stderr
    assert "certs.9999_label" in refused.stderr
