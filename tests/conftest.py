"""What every test stands on: a private DATA folder with a real PostgreSQL and a real Valkey, and no way to the outside.

The servers start with the first test that asks for a database or the broker. pyproject.toml does not name the settings
module, because Django must not be set up before DATA points here.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests import database
from tests.browser import browser, collecting, console, page, visitor  # noqa: F401  (fixtures)
from tscore import embedded

IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
OUTSIDE = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "DATABASE_SEALER_URL",
    "DEMO",
    "DEMO_EPOCH",
    "DEMO_SEED",
    "PORT",
    "INGEST_QUEUE_URL",
    "INGEST_QUEUE_NAME",
    "INGEST_QUEUE_SOURCE",
)
LOOPBACK = "127.0.0.1,::1,localhost"


def _private_folder() -> Path:
    if IS_WORKER:  # workers of one session inherit the folder of their controller
        return Path(os.environ["DATA"])
    if "tscore.settings" in sys.modules:
        pytest.exit("Settings were loaded too early: let neither pyproject.toml nor the shell name them.", returncode=4)
    return Path(tempfile.mkdtemp(prefix="tscore-test-"))


DATA = _private_folder()
for name in OUTSIDE:
    os.environ.pop(name, None)
os.environ["DATA"] = str(DATA)
os.environ["DJANGO_SETTINGS_MODULE"] = "tscore.settings"
os.environ["BROKER_URL"] = embedded.socket_url(embedded.run_dir(DATA), number=database.WORKER_NUMBER)
os.environ["ANCHORS"] = str(DATA / f"anchors-{database.WORKER}")  # each worker seals a chain of its own
(DATA / "static").mkdir(exist_ok=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Let each worker load the settings after it has set its own names: inherited, this one has them read too early."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Close the network, and load the settings, which pytest-django waits for."""
    config.option.allow_hosts = LOOPBACK
    config.option.allow_unix_socket = True
    if config.pluginmanager.hasplugin("django"):
        from django.conf import settings

        assert settings.DATABASES


def pytest_sessionstart(session: pytest.Session) -> None:
    """Adapt Django to a database of three roles, then load the cast, which imports models."""
    if session.config.pluginmanager.hasplugin("django"):
        database.adapt_django()
        if find_spec("tests.cast"):
            session.config.pluginmanager.import_plugin("tests.cast")


def pytest_unconfigure() -> None:
    """Delete the folder of this session; where servers ran, their keeper does it once they have stopped."""
    if not IS_WORKER and not embedded.is_kept(DATA):
        shutil.rmtree(DATA, ignore_errors=True)


@pytest.fixture(scope="session")
def services() -> Iterator[embedded.Services]:
    """Bring PostgreSQL and Valkey up for this session."""
    with embedded.use(DATA, throwaway=True) as running:
        yield running


@pytest.fixture(scope="session")
def django_db_setup(
    services: embedded.Services, django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    """Give this worker a migrated database of its own, and point every alias there."""
    with django_db_blocker.unblock():
        database.create(services)
        yield
        database.disconnect()


@pytest.fixture
def broker(services: embedded.Services) -> str:
    """Return the address of an empty broker."""
    database.empty_broker(services)
    return os.environ["BROKER_URL"]
