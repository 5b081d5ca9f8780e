"""A plugin of pytest: tests of the change log see what factories make, too."""

import pytest

from accounts.tests import factories


@pytest.fixture
def noticed():
    """Tell the change log of what factories make, too."""
    token = factories.told.set(True)
    yield
    factories.told.reset(token)
