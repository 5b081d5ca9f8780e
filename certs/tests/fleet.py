"""What tests of certificates need: a fleet to check, an authority to sign."""

import pytest
from django.utils import timezone

from certs.pki.demo.authority import Authority
from certs.pki.demo.fleet import Fleet
from certs.tests.pki.building import NOW


@pytest.fixture(scope="session")
def fleet():
    """The demo fleet on 127.0.0.1; its certificates are made around `fleet.now`."""
    with Fleet(NOW, address="127.0.0.1", port=0) as running:
        yield running


@pytest.fixture(scope="session")
def fleet_today():
    """The same fleet around the real now, for the pages and commands, which read it."""
    with Fleet(timezone.now(), address="127.0.0.1", port=0) as running:
        yield running


@pytest.fixture(scope="session")
def authority():
    """A throw-away authority with an ECDSA key, valid for years around May 2026."""
    return Authority("Test", now=NOW)
