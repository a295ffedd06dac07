"""The door to the servers of a DATA folder: come in, be one of several, leave; after the last one they stop."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tscore.embedded import locks, paths

START_PATIENCE_S = 60
STOP_PATIENCE_S = 8


class ServicesFailed(Exception):
    """PostgreSQL and Valkey could not be brought up."""


@dataclass(frozen=True)
class Services:
    """Where the servers of one DATA folder answer, and the lock that keeps them up until `release` or our end."""

    data: Path
    run_dir: Path
    broker_url: str
    lock: int

    def dsn(self, role: str, *, database: str = paths.DATABASE) -> dict[str, str]:
        """Return the parts of a connection as this role."""
        return {"host": str(self.run_dir), "user": role, "dbname": database}

    @property
    def owner(self) -> dict[str, str]:
        """Return the connection of the role that migrates."""
        return self.dsn("owner")

    @property
    def app(self) -> dict[str, str]:
        """Return the connection of the role that serves."""
        return self.dsn("app")

    @property
    def sealer(self) -> dict[str, str]:
        """Return the connection of the role that seals the audit trail."""
        return self.dsn("sealer")


def is_wanted(environ: Mapping[str, str]) -> bool:
    """Say whether this environment relies on the bundled servers."""
    return not (environ.get("DATABASE_URL") and environ.get("BROKER_URL"))


def ensure(data: Path, *, throwaway: bool = False) -> Services:
    """Return the servers of this folder, started if need be; a throwaway folder is fast, and deleted at the end."""
    data = Path(data).resolve()
    lock = _come_in(data)
    try:
        with locks.held(paths.start_lock(data), patience_s=START_PATIENCE_S):
            _start(data, throwaway=throwaway)
    except BaseException as error:
        os.close(lock)
        if isinstance(error, locks.Busy):
            raise ServicesFailed(f"Another process has been starting the servers of {data} for too long.") from None
        raise
    return Services(data, paths.run_dir(data), paths.socket_url(paths.run_dir(data)), lock)


def release(services: Services) -> None:
    """Leave; the last one out waits until the servers are gone."""
    os.close(services.lock)
    end = time.monotonic() + STOP_PATIENCE_S
    while time.monotonic() < end and is_kept(services.data) and not is_used(services.data):
        time.sleep(locks.PAUSE_S)


@contextmanager
def use(data: Path, *, throwaway: bool = False) -> Iterator[Services]:
    """Have the servers for the length of a block."""
    services = ensure(data, throwaway=throwaway)
    try:
        yield services
    finally:
        release(services)


def is_kept(data: Path) -> bool:
    """Say whether a keeper lives, ready or not."""
    # Asked with a shared lock, so that two who ask do not take each other for the keeper.
    return not locks.is_free(paths.keeper_lock(data), exclusive=False)


def _come_in(data: Path) -> int:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return locks.take(paths.use_lock(data), exclusive=False, patience_s=START_PATIENCE_S)
    except FileNotFoundError:  # the one who stopped deleted the folder
        return _come_in(data)
    except locks.Busy:
        raise ServicesFailed(f"The servers of {data} have been stopping for too long.") from None


def is_used(data: Path) -> bool:
    """Say whether anybody holds the servers up at this instant."""
    # Exclusive: nobody is there. Not even shared: the keeper is stopping the servers.
    return not locks.is_free(paths.use_lock(data)) and locks.is_free(paths.use_lock(data), exclusive=False)


def _start(data: Path, *, throwaway: bool) -> None:
    end = time.monotonic() + START_PATIENCE_S
    while time.monotonic() < end:
        if not is_kept(data):
            if _spawn_keeper(data, throwaway=throwaway) == "ready":
                return
        elif paths.keeper_lock(data).read_text().startswith("ready"):
            return
        time.sleep(locks.PAUSE_S)
    raise ServicesFailed(
        f"PostgreSQL and Valkey were not ready after {START_PATIENCE_S} s; see {paths.log_file(data)}."
    )


def _spawn_keeper(data: Path, *, throwaway: bool) -> str:
    argv = [sys.executable, "-m", "tscore.embedded.keeper", str(data), *(["--throwaway"] if throwaway else [])]
    with (
        paths.log_file(data).open("ab") as log,
        subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True, cwd=paths.ROOT
        ) as process,
    ):
        answer = _first_line(process)
    if answer.startswith("failed"):
        raise ServicesFailed(answer.removeprefix("failed: "))
    return answer


def _first_line(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    with suppress(OSError):
        if select.select([process.stdout], [], [], START_PATIENCE_S)[0]:
            return process.stdout.readline().decode(errors="replace").strip()
    return ""
