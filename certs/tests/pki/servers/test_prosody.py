"""Prosody: XMPP among clients and among servers."""

import pytest

from certs.pki.starttls import StartTLS
from certs.tests.pki.programs import program
from certs.tests.pki.servers.running import assert_read, check, free_port, running

pytestmark = pytest.mark.slow

CONFIGURATION = """
run_as_root = true
pidfile = "{home}/pid"
data_path = "{home}"
certificates = "{home}"
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {client} }}
s2s_ports = {{ {server} }}
c2s_direct_tls_ports = {{}}
s2s_direct_tls_ports = {{}}
modules_enabled = {{ "tls", "s2s", "saslauth" }}
ssl = {{ key = "{home}/key.pem", certificate = "{home}/chain.pem" }}
log = {{ info = "*console" }}
VirtualHost "{host}"
"""


def prosody(home, client, server, *, host="www.example.test"):
    configuration = CONFIGURATION.format(
        home=home, client=client, server=server, host=host
    )
    (home / "prosody.cfg.lua").write_text(configuration)
    return [program("prosody"), "-F", "--config", home / "prosody.cfg.lua"]


def test_prosody_is_read_by_clients_and_by_servers(home, identity):
    client, server = free_port(), free_port()

    with running(prosody(home, client, server), ports=[client, server], home=home):
        results = [
            check(client, StartTLS.XMPP_CLIENT),
            check(server, StartTLS.XMPP_SERVER),
        ]

    for result in results:
        assert_read(result, identity)


def test_prosody_refuses_a_name_that_it_does_not_serve(home):
    client, server = free_port(), free_port()
    arguments = prosody(home, client, server, host="other.example.test")

    with running(arguments, ports=[client, server], home=home):
        result = check(client, StartTLS.XMPP_CLIENT)

    assert result.error_code == "starttls_refused"
    assert "host-unknown" in result.error_text
