"""People and cases seen through a real browser. The tests commit, because the server is another process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import axe

# Django is not set up yet when this file is read: what needs it is imported inside.


@pytest.fixture
def world(transactional_db: None) -> None:
    """Commit what a test builds."""


@pytest.fixture(scope="session")
def password_hash() -> str:
    """The hash of the one password of the journeys: to make it takes a quarter of a second."""
    from django.contrib.auth.hashers import make_password

    from tests.journeys.scenes import PASSWORD

    return make_password(PASSWORD)


@pytest.fixture
def reviewer(world: None, ada: Any, password_hash: str) -> Any:
    """Ada, who can type her password."""
    ada.password = password_hash
    ada.save(update_fields=["password"])
    return ada


@pytest.fixture
def signed_in(page: Any, console: str, reviewer: Any) -> Any:
    """A page on which Ada is signed in already."""
    from tests.journeys.scenes import enter

    enter(page, console, reviewer)
    return page


@pytest.fixture(
    params=[pytest.param(axe.TWO_LOOKS, id="two"), pytest.param(axe.SIX_LOOKS, id="six", marks=pytest.mark.slow)]
)
def looks(request: pytest.FixtureRequest) -> axe.Looks:
    """The schemes and widths a page is looked at in: two in a check, all six at full size."""
    looks: axe.Looks = request.param
    return looks


@pytest.fixture
def takeover(reviewer: Any) -> Callable[..., Any]:
    """Return a maker of takeover cases: `takeover("a-1", score=0.9)`."""
    from tests.journeys import scenes

    return scenes.takeover


@pytest.fixture
def market(tmp_path: Path, settings: Any) -> Iterator[Any]:
    """A marketplace that knows the console's secret, and to which this process delivers."""
    from tscore.marketplace.server import serve

    running = serve(tmp_path / "market", secret=settings.WEBHOOK_SECRET, console_url=None, key=None)
    settings.MARKETPLACE_URL = running.url
    yield running
    running.stop()


@pytest.fixture
def office_page(signed_in: Any, reviewer: Any, takeover: Any, tmp_path: Path, settings: Any) -> Any:
    """The page of Ada, who may do everything, in a world where each list has two rows or more."""
    from tests.journeys import office

    settings.DATA = tmp_path  # tables are built there
    office.fill(reviewer, takeover)
    return signed_in
