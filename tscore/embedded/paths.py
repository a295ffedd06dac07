"""Where the files of one DATA folder are. Pure, and cheap to import: settings do."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "tscore"
SUPERUSER = "tscore"
LONGEST_DATA_PATH = 70


def data_folder(environ: Mapping[str, str]) -> Path:
    """Return the absolute DATA folder: as given from the current directory, by default `var` of the checkout."""
    return Path(environ["DATA"]).resolve() if environ.get("DATA") else ROOT / "var"


def run_dir(data: Path) -> Path:
    """Return the private folder of the sockets.

    Socket paths end at 103 (macOS) or 107 bytes, so a long DATA path gets a short folder elsewhere. It is never taken
    from XDG_RUNTIME_DIR: that differs between two log-ins of one person and disappears at log-out, under a running
    server.
    """
    data = Path(data).resolve()
    if len(os.fsencode(data)) <= LONGEST_DATA_PATH:
        return data / "run"
    return Path("/tmp") / f"tscore-{os.geteuid()}-{hashlib.sha256(os.fsencode(data)).hexdigest()[:12]}"


def use_lock(data: Path) -> Path:
    """Return the lock that every user of the servers holds shared, and who stops them holds exclusively."""
    return data / "use"


def start_lock(data: Path) -> Path:
    """Return the lock that lets one starter at a time look and start."""
    return data / "start"


def keeper_lock(data: Path) -> Path:
    """Return the lock the keeper holds while it lives; its content is `ready` once the servers answer."""
    return data / "keeper"


def log_file(data: Path) -> Path:
    """Return the file that takes what the servers print."""
    return data / "services.log"


def socket_url(run: Path, *, number: int = 0) -> str:
    """Return the broker address of the Valkey whose socket lies in `run`."""
    return f"redis+socket://{run}/valkey.sock" + (f"?virtual_host={number}" if number else "")
