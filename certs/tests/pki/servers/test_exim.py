"""Exim: SMTP."""

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
primary_hostname = mail.example.test
spool_directory = {home}
log_file_path = {home}/%slog
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
tls_advertise_hosts = {offered_to}
tls_certificate = {home}/chain.pem
tls_privatekey = {home}/key.pem
exim_user = {owner}
exim_group = {group}
"""


@pytest.fixture
def exim(home):
    """Return a function that makes the arguments for a server on a port."""

    def make(port, *, offered_to="*"):
        owner = user("Debian-exim")
        configuration = CONFIGURATION.format(
            home=home,
            port=port,
            offered_to=offered_to,
            owner=owner,
            group=group_of(owner),
        )
        give(home, owner)
        (home / "exim.conf").write_text(configuration)  # it must not be the owner's
        return [program("exim4"), "-C", home / "exim.conf", "-bdf", "-oP", home / "pid"]

    return make


def test_exim_is_read_over_smtp(exim, home, identity):
    port = free_port()

    with running(exim(port), ports=[port], home=home):
        result = check(port, StartTLS.SMTP)

    assert_read(result, identity)


def test_exim_without_tls_does_not_offer_it(exim, home):
    port = free_port()

    with running(exim(port, offered_to=""), ports=[port], home=home):
        result = check(port, StartTLS.SMTP)

    assert result.error_code == "starttls_not_offered"
