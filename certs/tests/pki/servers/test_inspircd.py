"""InspIRCd: IRC."""

import pytest

from certs.pki.starttls import StartTLS
from certs.tests.pki.programs import program
from certs.tests.pki.servers.running import assert_read, check, free_port, running

pytestmark = pytest.mark.slow

CONFIGURATION = """
<server name="irc.example.test" description="Test" network="Test">
<admin name="Test" nick="test" email="test@example.test">
<bind address="127.0.0.1" port="{port}" type="clients">
<connect allow="*" timeout="20">
<module name="cap">
<pid file="{home}/pid">
<log method="file" type="*" level="default" target="{home}/log">
"""
TLS = """
<module name="ssl_gnutls">
<module name="starttls">
<sslprofile name="test" provider="gnutls"
 certfile="{home}/chain.pem" keyfile="{home}/key.pem">
"""


def inspircd(home, port, *, configuration):
    server = program("inspircd")
    (home / "irc.conf").write_text(configuration.format(home=home, port=port))
    return [server, "--nofork", "--runasroot", "--config", home / "irc.conf"]


def test_inspircd_is_read_over_irc(home, identity):
    port = free_port()
    arguments = inspircd(home, port, configuration=CONFIGURATION + TLS)

    with running(arguments, ports=[port], home=home):
        result = check(port, StartTLS.IRC)

    assert_read(result, identity)


def test_inspircd_without_the_module_does_not_offer_tls(home):
    port = free_port()
    arguments = inspircd(home, port, configuration=CONFIGURATION)

    with running(arguments, ports=[port], home=home):
        result = check(port, StartTLS.IRC)

    assert result.error_code == "starttls_not_offered"
