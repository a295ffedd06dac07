"""The process that owns the servers of one DATA folder: `python -m tscore.embedded.keeper DATA [--throwaway]`.

It is not a child of anybody who uses them, so no user's end, however sudden, takes them away from another. It watches
the lock that all users share, and stops the servers once it gets that lock for itself. The servers die with it.
"""

import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from tscore.embedded import identity, locks, paths, postgres, valkey
from tscore.embedded.server import Server, ServerFailed

LOOK_EVERY_S = 0.1
READY_PATIENCE_S = 45
LARGEST_LOG = 10 * 2**20
OWN_LOCK_PATIENCE_S = 0.5


def main(argv: list[str]) -> None:
    """Become a process of its own and keep the servers until nobody uses them."""
    data, throwaway = Path(argv[0]), "--throwaway" in argv
    if os.fork():  # so that the starter has no child to wait for
        os._exit(0)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)
    try:
        # Its own lock goes first: whoever waits for the lock of all users must not meet a keeper that has ended.
        with locks.held(paths.keeper_lock(data), patience_s=OWN_LOCK_PATIENCE_S) as lock:
            _keep(data, lock, throwaway=throwaway)
    except locks.Busy:
        _answer("busy")
    except (postgres.PostgresFailed, valkey.ValkeyFailed, ServerFailed, OSError) as error:
        _answer(f"failed: {' '.join(str(error).split())}")


class _Stopped(Exception):
    """Somebody asked the keeper to end."""


def _stop(*_: object) -> None:
    raise _Stopped


def _keep(data: Path, lock: int, *, throwaway: bool) -> None:
    os.ftruncate(lock, 0)  # what a killed keeper left
    servers: list[Server] = []
    try:
        _start(data, servers, throwaway=throwaway)
        os.pwrite(lock, f"ready {os.getpid()}\n".encode(), 0)
        _answer("ready")
        _until_unused(data, servers)
    except _Stopped:
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for server in reversed(servers):
            server.stop()
        os.ftruncate(lock, 0)
        if throwaway:
            _delete(data)


def _start(data: Path, servers: list[Server], *, throwaway: bool) -> None:
    who = identity.database_identity()
    _make_run_dir(data, who=who)
    postgres.initialise(data, who=who, throwaway=throwaway)
    servers += [valkey.server(data), postgres.server(data, who=who, throwaway=throwaway)]
    for server in servers:
        server.start()
    for server in servers:
        server.wait_until_ready(READY_PATIENCE_S)
    postgres.set_up(data)


def _make_run_dir(data: Path, *, who: str) -> None:
    run, uid = paths.run_dir(data), identity.owner_uid(who)
    run.mkdir(mode=0o700, exist_ok=True)
    if run.is_symlink() or run.stat().st_uid not in identity.our_uids():
        raise PermissionError(f"{run} belongs to somebody else: delete it, or choose another DATA folder.")
    run.chmod(0o700)
    os.chown(run, uid, -1)
    if who == identity.ACCOUNT:
        data.chmod(0o711)  # that account has to pass through; files inside keep their own modes


def _until_unused(data: Path, servers: list[Server]) -> None:
    while True:
        for server in servers:
            server.revive()
        with suppress(locks.Busy, FileNotFoundError):
            locks.take(paths.use_lock(data), exclusive=True)  # held until this process ends
            return
        _bound_log(data)
        time.sleep(LOOK_EVERY_S)


def _bound_log(data: Path) -> None:
    with suppress(FileNotFoundError):
        if paths.log_file(data).stat().st_size > LARGEST_LOG:
            os.truncate(paths.log_file(data), 0)  # everybody writes at its end, so this is safe


def _delete(data: Path) -> None:
    """Delete the folder so that it is gone in the instant in which nobody finds this keeper's lock any more."""
    for inside in {postgres.folder(data), paths.run_dir(data)}:  # what takes long, while the lock still stands
        shutil.rmtree(inside, ignore_errors=True)
    gone = data.with_name(f"{data.name}.gone")
    with suppress(OSError):
        data.rename(gone)
    for folder in (gone, data):
        shutil.rmtree(folder, ignore_errors=True)


def _answer(line: str) -> None:
    with suppress(OSError):  # the starter may be gone
        os.write(1, f"{line}\n".encode())
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    os.close(null)


if __name__ == "__main__":
    main(sys.argv[1:])
