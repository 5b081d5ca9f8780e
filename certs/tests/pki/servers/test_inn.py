"""INN's nnrpd: NNTP."""

import subprocess

import pytest

from certs.pki.starttls import StartTLS
from certs.tests.pki.programs import program
from certs.tests.pki.servers.running import (
    assert_read,
    check,
    free_port,
    give,
    group_of,
    running,
    user,
)

pytestmark = pytest.mark.slow

CONFIGURATION = """
domain: news.example.test
pathhost: news.example.test
mta: "/bin/true %s"
hismethod: hisv6
ovmethod: tradindexed
runasuser: {owner}
runasgroup: {group}
pathnews: /usr/lib/news
pathetc: {home}
pathdb: {home}
pathrun: {home}
pathlog: {home}
pathspool: {home}
tlscertfile: {home}/chain.pem
tlskeyfile: {home}/key.pem
"""
STORAGE = """
method tradspool {
  newsgroups: *
  class: 0
}
"""
READERS = """
auth all { hosts: "*" default: "<reader>" }
access all { users: "*" newsgroups: "*" }
"""


@pytest.fixture
def news(home):
    """An empty news server; yields who runs it."""
    owner = user("news")
    makehistory = program("makehistory")
    configuration = CONFIGURATION.format(home=home, owner=owner, group=group_of(owner))
    (home / "inn.conf").write_text(configuration)
    (home / "storage.conf").write_text(STORAGE)
    (home / "readers.conf").write_text(READERS)
    (home / "overview").mkdir()
    for name in ("active", "newsgroups", "history", "tradspool.map"):
        (home / name).touch()
    give(home, owner)
    subprocess.run(
        [makehistory, "-O", "-x", "-a"],
        check=True,
        env={"INNCONF": str(home / "inn.conf")},
        user=owner,
        group=group_of(owner),
    )
    return owner


def test_inn_is_read_over_nntp(news, home, identity):
    port = free_port()
    nnrpd = [program("nnrpd"), "-D", "-f", "-b", "127.0.0.1", "-p", port]
    arguments = [*nnrpd, "-c", home / "readers.conf"]

    with running(
        arguments, ports=[port], home=home, owner=news, INNCONF=str(home / "inn.conf")
    ):
        result = check(port, StartTLS.NNTP)

    assert_read(result, identity)
