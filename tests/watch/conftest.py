"""What tests of the watch share: somebody who keeps the console running, and no mark left for other tests' pages."""

import time

import pytest


@pytest.fixture
def dora(db):
    """Dora is an admin: she keeps the console running and reviews nothing."""
    from tests.cast import person  # Django is not set up yet when this file is read

    return person("Dora", "admin")


@pytest.fixture(autouse=True)
def _no_mark_left():
    from tscore.core import counts

    yield
    counts.note_alarms(count=0, looked_at=0.0)
    assert counts.one(*counts.LOOKED_AT) < time.time() - 1000
