"""Pictures of strangers, drawn anew by a process of its own before anybody sees one."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MEDIA_TYPE: Final = "image/webp"
MOST_BYTES: Final = 8 * 2**20
PATIENCE_S: Final = 15.0
_WORKER: Final = Path(__file__).with_name("picture_worker.py")
_REFUSALS: Final = frozenset({"not_a_picture", "too_many_pixels", "broken_picture"})


class NotDrawn(Exception):
    """The answer to why a picture is not shown, in one word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as we drew it."""

    content: bytes
    digest: bytes


def draw_anew(data: bytes) -> Picture:
    """Return the first frame of a PNG, JPEG, WebP or GIF as pixels only, or raise NotDrawn."""
    if len(data) > MOST_BYTES:
        raise NotDrawn("too_large")
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_WORKER)],
            input=data,
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
            env={},
        )
    except (subprocess.TimeoutExpired, OSError):
        raise NotDrawn("broken_picture") from None
    if done.returncode != 0 or not done.stdout:
        word = done.stderr[:40].decode("ascii", "replace")
        raise NotDrawn(word if word in _REFUSALS else "broken_picture")
    return Picture(done.stdout, hashlib.sha256(done.stdout).digest())
