"""Dovecot: IMAP, POP3, ManageSieve and LMTP."""

import pytest

from certs.pki.starttls import StartTLS
from certs.tests.pki.programs import program
from certs.tests.pki.servers.running import (
    assert_read,
    check,
    free_port,
    group_of,
    running,
    user,
)

pytestmark = pytest.mark.slow

CONFIGURATION = """
base_dir = {home}/run
state_dir = {home}/run
listen = 127.0.0.1
log_path = /dev/stderr
protocols = imap pop3 sieve lmtp
ssl = yes
ssl_cert = <{home}/chain.pem
ssl_key = <{home}/key.pem
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
mail_location = maildir:{home}/mail
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid={internal} gid={group} home={home}
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
service managesieve-login {{
  chroot =
  inet_listener sieve {{
    port = {managesieve}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
"""
PROTOCOLS = (StartTLS.IMAP, StartTLS.POP3, StartTLS.MANAGESIEVE, StartTLS.LMTP)


def test_dovecot_is_read_over_all_its_protocols(home, identity):
    ports = {protocol: free_port() for protocol in PROTOCOLS}
    internal = user("dovecot")
    configuration = CONFIGURATION.format(
        home=home,
        internal=internal,
        group=group_of(internal),
        login=user("dovenull"),
        **ports,
    )
    (home / "dovecot.conf").write_text(configuration)
    arguments = [program("dovecot"), "-F", "-c", home / "dovecot.conf"]

    with running(arguments, ports=ports.values(), home=home):
        results = [check(port, protocol) for protocol, port in ports.items()]

    for result in results:
        assert_read(result, identity)
