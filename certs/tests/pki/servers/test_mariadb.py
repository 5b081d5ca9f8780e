"""MariaDB: MySQL's protocol."""

import pytest

from certs.pki.starttls import StartTLS
from certs.tests.pki.programs import program
from certs.tests.pki.servers.running import (
    assert_read,
    check,
    free_port,
    give,
    running,
    user,
)

pytestmark = pytest.mark.slow

OPTIONS = """
[server]
bind_address = 127.0.0.1
port = {port}
datadir = {home}/data
socket = {home}/socket
pid_file = {home}/pid
skip_grant_tables
skip_log_bin
innodb_buffer_pool_size = 8M
innodb_log_file_size = 4M
innodb_temp_data_file_path = ibtmp1:1M:autoextend
"""
TLS = """
ssl_cert = {home}/chain.pem
ssl_key = {home}/key.pem
"""


def mariadb(home, port, *, options):
    server, owner = program("mariadbd"), user("nobody")
    (home / "data").mkdir()
    (home / "my.cnf").write_text(options.format(home=home, port=port))
    give(home, owner)
    return [server, f"--defaults-file={home}/my.cnf", f"--user={owner}"]


def test_mariadb_is_read(home, identity):
    port = free_port()
    arguments = mariadb(home, port, options=OPTIONS + TLS)

    with running(arguments, ports=[port], home=home):
        result = check(port, StartTLS.MYSQL)

    assert_read(result, identity)


def test_mariadb_without_a_certificate_does_not_offer_tls(home):
    port = free_port()
    arguments = mariadb(home, port, options=OPTIONS)

    with running(arguments, ports=[port], home=home):
        result = check(port, StartTLS.MYSQL)

    assert result.error_code == "starttls_not_offered"
