from datetime import date
from importlib.metadata import version

from certs.pki.roots import certifi_store
from certs.tests.pki.signing import read_link


def test_every_public_root_is_read():
    store = certifi_store()

    links = [read_link(root) for root in store.roots]

    assert len(links) > 100
    assert all(link.strict is not None for link in links)
    assert all(link.is_self_issued for link in links)


def test_the_public_store_has_the_date_of_its_version():
    store = certifi_store()

    assert store.is_public
    assert store.as_of == date(*map(int, version("certifi").split(".")))


def test_the_public_store_is_read_once():
    assert certifi_store() is certifi_store()
