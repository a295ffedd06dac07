"""Where the marketplace gets its port, folder, secret and key from."""

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

USUAL_PORT = 8100
SECRET_PATIENCE_SECONDS = 30.0


class NotConfigured(Exception):
    """Something the marketplace needs is missing; the message says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What `python -m tscore.marketplace` runs with."""

    port: int
    data: Path
    console_url: str | None
    secret: str
    key: str | None

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the settings from the environment and the DATA folder.

        Raises:
            NotConfigured: the port is no number, or there is no webhook secret.
        """
        data = Path(environment.get("DATA") or "var")
        return cls(
            port=_port(environment.get("MARKETPLACE_PORT") or str(USUAL_PORT)),
            data=data,
            console_url=environment.get("CONSOLE_URL") or None,
            secret=environment.get("MARKETPLACE_SECRET") or _wait_for_secret(data / "secrets.json"),
            key=environment.get("MARKETPLACE_KEY") or None,
        )


def key_finder(data: Path, key: str | None) -> Callable[[], str | None]:
    """Return a function that finds the API key: the one given, else what demo.json holds at that moment."""
    return lambda: key or _member(data / "demo.json", "ingest_key")


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) < 65536:
        return int(text)
    raise NotConfigured(f"MARKETPLACE_PORT must be a port number, not {text!r}.")


def _wait_for_secret(path: Path) -> str:
    """Read the secret that the console draws at its first start, which may be happening right now."""
    deadline = time.monotonic() + SECRET_PATIENCE_SECONDS
    while time.monotonic() < deadline:
        secret = _member(path, "webhook_secret")
        if secret:
            return secret
        time.sleep(0.1)
    raise NotConfigured(f"Set MARKETPLACE_SECRET, or start the console once so that {path} holds webhook_secret.")


def _member(path: Path, name: str) -> str | None:
    """Return one text member of a JSON file, or None while the file is missing, half-written or without it."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    value = content.get(name) if isinstance(content, dict) else None
    return value if isinstance(value, str) else None
