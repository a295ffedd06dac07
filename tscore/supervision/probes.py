"""Questions about the outside that are asked until the answer is yes. They block: ask them in a thread."""

import json
import socket
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import Any

TIMEOUT_S = 2


def is_ok(url: str) -> bool:
    """Say whether the address answers 200."""
    return status(url)[0] == HTTPStatus.OK


def answers(url: str) -> bool:
    """Say whether somebody answers there, whatever the answer."""
    return status(url)[0] > 0


def status(url: str) -> tuple[int, str]:
    """Return the status and the beginning of the body; 0 when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as response:
            return response.status, response.read(2000).decode(errors="replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(2000).decode(errors="replace")
    except OSError:
        return 0, ""


def is_port_free(port: int) -> bool:
    """Say whether a server could listen there."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def demo(data: Path) -> dict[str, Any]:
    """Return what the filler wrote about its world, nothing when it has not."""
    try:
        world = json.loads((data / "demo.json").read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return world if isinstance(world, dict) else {}


def is_filled(data: Path) -> bool:
    """Say whether the demo world is complete."""
    return demo(data).get("filled") is True


def is_half_filled(data: Path) -> bool:
    """Say whether somebody began to fill the demo world and did not get to the end."""
    return demo(data).get("filled") is False
