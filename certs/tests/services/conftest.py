import pytest

from certs.tests.factories import make_root, make_store


@pytest.fixture
def trusted(db):
    """The authority of the tests is the organisation's own."""
    make_store("Test", roots=[make_root()])
