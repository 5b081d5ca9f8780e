"""A folder that every user may enter, with a certificate and its key."""

import shutil
import ssl
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from certs.pki.demo.authority import Authority
from certs.tests.pki.building import make_wish


@pytest.fixture(scope="session")
def identity():
    """A certificate that is valid today: some servers refuse to start with another."""
    now = timezone.now()
    wish = make_wish(
        not_before=now - timedelta(days=1),
        not_after=now + timedelta(days=30),
        key_kind="rsa-2048",
    )
    return Authority("Servers", now=now).issue(wish)


@pytest.fixture
def home(identity):
    """The folder of one server. Those of pytest are closed to other users."""
    path = Path(tempfile.mkdtemp(prefix="certdesk-", dir="/tmp"))
    path.chmod(0o755)
    chain = "".join(map(ssl.DER_cert_to_PEM_cert, identity.chain))
    (path / "chain.pem").write_text(chain)
    (path / "key.pem").touch(mode=0o600)
    (path / "key.pem").write_bytes(identity.key_pem)
    yield path
    shutil.rmtree(path)
