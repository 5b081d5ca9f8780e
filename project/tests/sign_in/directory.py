"""A real slapd on loopback with a few people and groups in it."""

import contextlib
import importlib
import os
import subprocess

import pytest

from certs.tests.pki.programs import program
from certs.tests.pki.servers.running import free_port, running

ROOT = "dc=example,dc=org"
MANAGER, SECRET = f"cn=manager,{ROOT}", "manager's secret"
PASSWORD = "ann's own password"
CONFIGURATION = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {home}/pid
TLSCertificateFile {home}/chain.pem
TLSCertificateKeyFile {home}/key.pem
access to attrs=userPassword by anonymous auth by * none
access to * by users read by anonymous auth
database mdb
suffix "{root}"
rootdn "{manager}"
rootpw "{secret}"
directory {home}/data
"""
ENTRIES = f"""
dn: {ROOT}
objectClass: dcObject
objectClass: organization
o: Example
dc: example

dn: ou=people,{ROOT}
objectClass: organizationalUnit
ou: people

dn: ou=groups,{ROOT}
objectClass: organizationalUnit
ou: groups

dn: uid=ann,ou=people,{ROOT}
objectClass: inetOrgPerson
uid: ann
cn: Ann Lee
sn: Lee
mail: Ann@example.org
userPassword: {PASSWORD}

dn: uid=bob,ou=people,{ROOT}
objectClass: inetOrgPerson
uid: bob
cn: Bob
sn: Bob
userPassword: {PASSWORD}

dn: cn=ops,ou=groups,{ROOT}
objectClass: groupOfNames
cn: ops
member: uid=ann,ou=people,{ROOT}

dn: cn=netops,ou=groups,{ROOT}
objectClass: groupOfNames
cn: netops
member: uid=ann,ou=people,{ROOT}

dn: cn=admins,ou=groups,{ROOT}
objectClass: groupOfNames
cn: admins
member: uid=bob,ou=people,{ROOT}
"""


def client_library():
    """Return python-ldap; without it the test is skipped, or fails where CI runs."""
    try:
        return importlib.import_module("ldap")
    except ImportError as error:
        if os.environ.get("REQUIRE_SERVERS"):
            pytest.fail(f"requirements-ldap.txt is not installed: {error}")
        pytest.skip("requirements-ldap.txt is not installed.")


class Directory:
    """The directory, which tests change as an administrator of it would."""

    def __init__(self, port, tls_port):
        self.url = f"ldap://127.0.0.1:{port}"
        self.tls_url = f"ldaps://127.0.0.1:{tls_port}"

    @contextlib.contextmanager
    def changes(self):
        connection = client_library().initialize(self.url)
        connection.simple_bind_s(MANAGER, SECRET)
        try:
            yield connection
        finally:
            connection.unbind_s()

    def put(self, uid, attribute, *values):
        """Write an attribute of a person; no value removes it."""
        change = (2, attribute, [value.encode() for value in values] or None)
        with self.changes() as connection:
            connection.modify_s(f"uid={uid},ou=people,{ROOT}", [change])

    def join(self, group, *uids):
        """Make these people the members of a group."""
        members = [f"uid={uid},ou=people,{ROOT}".encode() for uid in uids]
        with self.changes() as connection:
            connection.modify_s(
                f"cn={group},ou=groups,{ROOT}", [(2, "member", members)]
            )


@contextlib.contextmanager
def running_directory(home):
    """Run slapd in `home`, which has chain.pem and key.pem for it."""
    (home / "data").mkdir()
    (home / "slapd.conf").write_text(
        CONFIGURATION.format(home=home, root=ROOT, manager=MANAGER, secret=SECRET)
    )
    (home / "entries.ldif").write_text(ENTRIES)
    slapadd = program("slapadd")
    subprocess.run(
        [slapadd, "-f", home / "slapd.conf", "-l", home / "entries.ldif"],
        check=True,
        capture_output=True,
    )
    ports = [free_port(), free_port()]
    urls = "ldap://127.0.0.1:{}/ ldaps://127.0.0.1:{}/".format(*ports)
    arguments = [program("slapd"), "-d", "0", "-h", urls, "-f", home / "slapd.conf"]
    with running(arguments, ports=ports, home=home):
        yield Directory(*ports)
