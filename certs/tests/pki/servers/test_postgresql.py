"""PostgreSQL."""

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

SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
fsync = off
shared_buffers = 1MB
ssl = {is_on}
ssl_cert_file = '{home}/chain.pem'
ssl_key_file = '{home}/key.pem'
"""


def test_postgresql_is_read_if_it_has_tls(home, identity):
    port, owner = free_port(), user("postgres")  # it refuses to be root
    arguments = [program("postgres"), "-D", home / "data"]
    settings = home / "data" / "postgresql.conf"
    give(home, owner)
    subprocess.run(
        [program("initdb"), "-D", home / "data", "-A", "trust", "--no-sync"],
        check=True,
        cwd=home,
        stdout=subprocess.DEVNULL,
        user=owner,
        group=group_of(owner),
    )

    settings.write_text(SETTINGS.format(home=home, port=port, is_on="on"))
    with running(arguments, ports=[port], home=home, owner=owner):
        with_tls = check(port, StartTLS.POSTGRES)
    settings.write_text(SETTINGS.format(home=home, port=port, is_on="off"))
    with running(arguments, ports=[port], home=home, owner=owner):
        without = check(port, StartTLS.POSTGRES)

    assert_read(with_tls, identity)
    assert without.error_code == "starttls_not_offered"
