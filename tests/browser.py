"""Debian's chromium and a real web server before it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
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


@pytest.fixture
def page(browser: Any, console: str) -> Iterator[Any]:
    """Open a page of a fresh visitor, addressed relative to the console."""
    context = browser.new_context(base_url=console, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def console(django_db_setup: None, services: Any) -> Iterator[str]:
    """Serve this worker's database with the production web server and return the base address.

    It is another process: a test that uses it commits, so it asks for `transactional_db` as well.
    """
    with locks.held(services.data / "collect", patience_s=60):
        if not (services.data / "static" / "staticfiles.json").exists():
            _manage("collectstatic", "--noinput", "-v0")
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


def _manage(*arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], check=True, cwd=_root())


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
