"""The chain of the change log, with writers in parallel and on its way elsewhere."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from accounts.models import Change, Team
from accounts.models.sealing import seal
from accounts.services import trail
from project.tests.fresh import fresh_url
from project.tests.transport.places import (
    default,
    make_estate,
    make_tables,
    manage,
    sqlite,
)

pytestmark = pytest.mark.usefixtures("noticed")
WRITERS = 8
EACH = 10


def write(writer):
    try:
        for number in range(EACH):
            with transaction.atomic():
                name = f"t{writer}-{number}"
                Team.objects.create(name=name, slug=name)
    finally:
        connection.close()


@pytest.mark.slow
def test_eight_writers_at_once_make_one_chain(tmp_path):
    with fresh_url(tmp_path) as url, default(url):
        make_tables()
        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(write, range(WRITERS)))
        seal()

        report = trail.verify()

        assert report.broken is None
        assert (report.count, report.waiting) == (WRITERS * EACH, 0)


@pytest.mark.slow
def test_a_chain_that_has_moved_is_verified_in_its_new_place(tmp_path):
    old = sqlite(tmp_path / "old.sqlite3")
    with default(old):
        make_estate(3)
        head = trail.verify().head
    with fresh_url(tmp_path) as new:
        moved = manage("move_database", "--from", old, "--to", new, url=old)
        assert moved.returncode == 0, moved.stderr

        whole = manage("verify_changelog", "--since", head, url=new)
        with default(new):
            Change.objects.filter(number=2).update(actor_name="nobody")
        broken = manage("verify_changelog", url=new)

    assert head.number > 10
    assert whole.returncode == 0, whole.stderr
    assert f"Head: {head}" in whole.stdout
    assert broken.returncode == 1
    assert "Entry 2 was changed." in broken.stderr
