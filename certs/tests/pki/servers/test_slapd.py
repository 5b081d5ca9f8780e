"""slapd: LDAP."""

import pytest

from certs.pki.starttls import StartTLS
from certs.tests.pki.programs import program
from certs.tests.pki.servers.running import assert_read, check, free_port, running

pytestmark = pytest.mark.slow

CONFIGURATION = """
include /etc/ldap/schema/core.schema
pidfile {home}/pid
"""
TLS = """
TLSCertificateFile {home}/chain.pem
TLSCertificateKeyFile {home}/key.pem
"""


def slapd(home, port, *, configuration):
    (home / "slapd.conf").write_text(configuration.format(home=home))
    url = f"ldap://127.0.0.1:{port}"
    return [program("slapd"), "-d", "0", "-h", url, "-f", home / "slapd.conf"]


def test_slapd_is_read_over_ldap(home, identity):
    port = free_port()
    arguments = slapd(home, port, configuration=CONFIGURATION + TLS)

    with running(arguments, ports=[port], home=home):
        result = check(port, StartTLS.LDAP)

    assert_read(result, identity)


def test_slapd_without_a_certificate_does_not_offer_tls(home):
    port = free_port()
    arguments = slapd(home, port, configuration=CONFIGURATION)

    with running(arguments, ports=[port], home=home):
        result = check(port, StartTLS.LDAP)

    assert result.error_code == "starttls_not_offered"
