"""The engine is tested by itself: what is written, and nothing about who wrote it."""

import pytest
from auditlog.context import disable_auditlog


@pytest.fixture(autouse=True)
def _no_change_log():
    with disable_auditlog():
        yield
