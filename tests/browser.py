"""Debian's chromium and a real web server before it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tscore.embedded import locks

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
GUNICORN = "-m gunicorn tscore.wsgi:application -k gthread -w 1 --threads 4 --graceful-timeout 1 --no-control-socket"
READY_PATIENCE_S = 60
# What a page tells when it is left would be answered after its session is gone, and take the next visitor's away.
STAY_SILENT = "navigator.sendBeacon = () => true"


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start one browser for the session; a test takes a `page`, which has a context of its own."""
    path = shutil.which("chromium") or pytest.fail("Browser tests need Debian's chromium: apt install chromium.")
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # its loop runs in this thread while tests use the database
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def visitor(browser: Any, console: str) -> Iterator[Any]:
    """Keep one visitor for the session, addressed relative to the console: one for each test would take half a second.

    A blank page of the console stays open, so that the pages of the tests find its process warm.
    """
    context = browser.new_context(base_url=console, reduced_motion="reduce")
    context.new_page().goto("/healthz")
    yield context
    context.close()


@pytest.fixture
def page(visitor: Any) -> Iterator[Any]:
    """Open a page of a visitor who was never here; afterwards forget all that the visit left."""
    visitor.set_default_timeout(10_000)
    yield visitor.new_page()
    for left in visitor.pages[1:]:
        left.evaluate(STAY_SILENT)
        left.close()
    visitor.set_offline(False)
    visitor.clear_cookies()
    visitor.pages[0].evaluate("localStorage.clear()")


@pytest.fixture(scope="session")
def collecting() -> Thread:
    """Collect what is served while the database is made: each takes several seconds of one core."""
    thread = Thread(target=_collect, args=(Path(os.environ["DATA"]),))
    thread.start()
    return thread


@pytest.fixture(scope="session")
def console(collecting: Thread, django_db_setup: None) -> Iterator[str]:
    """Serve this worker's database with the production web server and return the base address.

    It is another process: a test that uses it commits, so it asks for `transactional_db` as well.
    """
    collecting.join()
    port = _free_port()
    environment = {**os.environ, "PORT": str(port), "PYTHONWARNINGS": "default"}
    argv = [sys.executable, *GUNICORN.split(), "-b", f"127.0.0.1:{port}", "--log-level", "warning"]
    process = subprocess.Popen(argv, env=environment, cwd=_root())
    try:
        _wait(f"http://127.0.0.1:{port}/healthz", process)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _collect(data: Path) -> None:
    with locks.held(data / "collect", patience_s=60):
        if not (data / "static" / "staticfiles.json").exists():
            subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], check=True, cwd=_root())


def _root() -> str:
    from tscore.embedded.paths import ROOT

    return str(ROOT)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + READY_PATIENCE_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"The web server did not answer {url}.")
