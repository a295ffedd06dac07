"""What several tests of the floor need."""

import pytest


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Declare the addresses of tests.core.views for one test."""
    from tests.core import views  # Django is not set up yet when this file is read
    from tscore.core import access

    monkeypatch.setattr(access, "TABLE", {**access.TABLE, **views.ACCESS})
