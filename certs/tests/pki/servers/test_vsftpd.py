"""vsftpd: FTP."""

import pytest

from certs.pki.starttls import StartTLS
from certs.tests.pki.programs import program
from certs.tests.pki.servers.running import assert_read, check, free_port, running

pytestmark = pytest.mark.slow

CONFIGURATION = """
listen=YES
listen_ipv6=NO
listen_address=127.0.0.1
listen_port={port}
background=NO
run_as_launching_user=YES
seccomp_sandbox=NO
anonymous_enable=YES
ftpd_banner=Files
vsftpd_log_file={home}/log
ssl_enable={is_on}
rsa_cert_file={home}/chain.pem
rsa_private_key_file={home}/key.pem
"""


def vsftpd(home, port, *, is_on):
    configuration = CONFIGURATION.format(home=home, port=port, is_on=is_on)
    (home / "vsftpd.conf").write_text(configuration)
    return [program("vsftpd"), home / "vsftpd.conf"]


def test_vsftpd_is_read_over_ftp(home, identity):
    port = free_port()

    with running(vsftpd(home, port, is_on="YES"), ports=[port], home=home):
        result = check(port, StartTLS.FTP)

    assert_read(result, identity)


def test_vsftpd_without_tls_refuses_it(home):
    port = free_port()

    with running(vsftpd(home, port, is_on="NO"), ports=[port], home=home):
        result = check(port, StartTLS.FTP)

    assert result.error_code == "starttls_refused"
    assert "Please login" in result.error_text
