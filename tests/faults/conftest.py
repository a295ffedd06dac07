"""A real marketplace beside the tests."""

import pytest

from tests.cases.market import Market
from tscore.marketplace.server import serve


@pytest.fixture
def market(tmp_path, settings):
    running = serve(tmp_path, secret=settings.WEBHOOK_SECRET, console_url=None, key=None)
    yield Market(running.url)
    running.stop()
