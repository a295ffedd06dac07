"""The production web server, with the bars mounted beside the console, for as long as a measurement runs."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import urllib3

FLAGS = (
    "-m gunicorn tscore.bench.wsgi:application -k gthread --threads 4"
    " --keep-alive 65 --graceful-timeout 2 --no-control-socket"
)
PATIENCE_S = 60.0
PORTS, PORT_TRIES = (20_000, 32_000), 100  # below those that outgoing connections are given


@contextmanager
def serving(*, workers: int = 2) -> Iterator[str]:
    """Serve the database of this process; give the base address."""
    port = free_port()
    command = [sys.executable, *FLAGS.split(), "-w", str(workers), "-b", f"127.0.0.1:{port}", "--log-level", "error"]
    with subprocess.Popen(command, env={**os.environ, "DJANGO_SETTINGS_MODULE": "tscore.settings"}) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address)
            yield address
        finally:
            server.terminate()


def free_port() -> int:
    """Return a port that nobody listens on at this moment; the next one is free too."""
    for _ in range(PORT_TRIES):
        port = random.randrange(*PORTS)
        with socket.socket() as one, socket.socket() as next_one:
            try:
                one.bind(("127.0.0.1", port))
                next_one.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise RuntimeError("There are no two free ports side by side.")


def _wait(address: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            urllib3.request("GET", f"{address}/healthz", retries=False, timeout=2.0)
        except urllib3.exceptions.HTTPError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return
