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


@pytest.fixture
def market(tmp_path, settings):
    """A real marketplace beside the test, set as the one to deliver to."""
    from tests.cases.market import Market
    from tscore.marketplace.server import serve

    running = serve(tmp_path, secret=settings.WEBHOOK_SECRET, console_url=None, key=None)
    settings.MARKETPLACE_URL = running.url
    yield Market(running.url)
    running.stop()
