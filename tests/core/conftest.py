"""What several tests of the floor need."""

import pytest

from tscore.core import access


@pytest.fixture
def declared(monkeypatch):
    """Declare the addresses of tests.core.views for one test."""
    from tests.core import views

    monkeypatch.setattr(access, "TABLE", {**access.TABLE, **views.ACCESS})
