"""A marketplace in this process, and a console small enough to see through."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.marketplace.client import SECRET
from tests.marketplace.console import FakeConsole
from tscore.marketplace.server import Running, serve


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Running]:
    running = serve(tmp_path, secret=SECRET, console_url=None, key=None)
    yield running
    running.stop()


@pytest.fixture
def fake_console() -> Iterator[FakeConsole]:
    fake = FakeConsole()
    yield fake
    fake.stop()
