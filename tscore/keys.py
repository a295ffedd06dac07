"""The secrets of one installation: from the environment, else drawn at first start into DATA/secrets.json (0600).

In a demo world they are derived from its seed, so that a second world of the same seed gives the same tokens and
the same content hashes. Such keys protect nothing and are refused outside the demo.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path

from tscore import env

NAMES = ("secret_key", "token_key", "data_key", "webhook_secret", "seal_key")


def load(data: Path, *, seed: str | None) -> dict[str, str]:
    """Return every key by name, each 32 bytes in URL-safe base64 (`webhook_secret` in Standard Webhooks form)."""
    stored = _stored(data, seed=seed)
    return {name: env.text(name.upper()) or stored[name] for name in NAMES}


def _stored(data: Path, *, seed: str | None) -> dict[str, str]:
    path = data / "secrets.json"
    try:
        return _read(path)
    except FileNotFoundError:
        return _create(path, {name: _draw(name, seed) for name in NAMES})


def _create(path: Path, drawn: dict[str, str]) -> dict[str, str]:
    """Write the file once; of several first starts, the first one to link its file wins and all read that one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mine = path.with_name(f"secrets.{os.getpid()}.new")
    with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(drawn, file, indent=1)
    try:
        os.link(mine, path)
    except FileExistsError:
        pass
    finally:
        mine.unlink()
    return _read(path)


def _read(path: Path) -> dict[str, str]:
    return {name: str(value) for name, value in json.loads(path.read_text()).items()}


def _draw(name: str, seed: str | None) -> str:
    raw = hmac.digest(seed.encode(), name.encode(), hashlib.sha256) if seed else secrets.token_bytes(32)
    if name == "webhook_secret":
        return "whsec_" + base64.b64encode(raw).decode()
    return base64.urlsafe_b64encode(raw).decode()
