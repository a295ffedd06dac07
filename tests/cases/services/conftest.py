"""A real marketplace beside the tests, and its ledger."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cases.market import Market
from tscore.marketplace.server import serve


@pytest.fixture
def market(tmp_path: Path, settings) -> Iterator[Market]:
    running = serve(tmp_path, secret=settings.WEBHOOK_SECRET, console_url=None, key=None)
    settings.MARKETPLACE_URL = running.url
    yield Market(running.url)
    running.stop()
