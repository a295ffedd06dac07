"""The bundled servers: shared, stopped by the last one out, and whole again after every kind of sudden end."""

import os
import pwd
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests import processes
from tscore import embedded
from tscore.embedded import identity, locks, paths, postgres, reset, valkey
from tscore.embedded.paths import ROOT

# Starts the servers, writes a row a line, says so after each commit, and waits to be killed.
WRITER = """
import sys, time, psycopg
from pathlib import Path
from tscore import embedded
services = embedded.ensure(Path(sys.argv[1]), throwaway="--throwaway" in sys.argv)
with psycopg.connect(**services.owner, autocommit=True) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
    for number in range(int(sys.argv[2])):
        connection.execute("INSERT INTO kept VALUES (%s)", [number])
        print(number, flush=True)
    print("end", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def data() -> Iterator[Path]:
    """Name a folder of a short path, whose servers, if a test leaves any, are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tscore-embedded-", ignore_cleanup_errors=True) as parent:
        folder = Path(parent) / "data"
        yield folder
        for pid in processes.using(folder):
            os.kill(pid, signal.SIGKILL)


def becomes_quiet(data: Path, *, within_s: float = 5) -> bool:
    return processes.becomes_true(lambda: not processes.using(data), within_s=within_s)


def start_writer(data: Path, rows: int, *options: str) -> "subprocess.Popen[str]":
    argv = [sys.executable, "-c", WRITER, str(data), str(rows), *options]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def read_until(process: "subprocess.Popen[str]", line: str) -> None:
    assert process.stdout is not None
    while (got := process.stdout.readline()) != f"{line}\n":
        assert got, "the process ended early"


def kill(process: "subprocess.Popen[str]") -> list[str]:
    """Kill it, and return the lines it had written and nobody had read."""
    process.kill()
    assert process.stdout is not None
    with process:
        return process.stdout.read().splitlines()


def test_use_gives_every_role_its_own_connection(data: Path) -> None:
    with embedded.use(data, throwaway=True) as services:
        users = []
        for role in (services.owner, services.app, services.sealer):
            with psycopg.connect(**role) as connection:
                users.append(
                    connection.execute(
                        "SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user"
                    ).fetchone()
                )
        answer = valkey.ask(data, "PING")

    assert users == [("owner", False), ("app", False), ("sealer", False)]
    assert answer == b"+PONG\r\n"
    assert becomes_quiet(data)


def test_the_last_one_out_stops_the_servers(data: Path) -> None:
    first = embedded.ensure(data, throwaway=True)
    second = embedded.ensure(data)

    embedded.release(first)
    after_first = postgres.is_ready(data)
    embedded.release(second)

    assert after_first is True
    assert becomes_quiet(data)


def test_a_killed_starter_leaves_nothing_but_its_rows(data: Path) -> None:
    writer = start_writer(data, 10_000)
    read_until(writer, "20")

    lines = kill(writer)

    assert becomes_quiet(data)
    acknowledged = int(lines[-1]) if lines else 20
    with embedded.use(data) as services, psycopg.connect(**services.owner) as connection:
        row = connection.execute("SELECT count(*) FROM kept WHERE number <= %s", [acknowledged]).fetchone()
    assert row == (acknowledged + 1,)


def test_a_killed_starter_does_not_take_the_servers_from_another(data: Path) -> None:
    writer = start_writer(data, 1, "--throwaway")
    read_until(writer, "end")
    with embedded.use(data) as services:
        kill(writer)

        with psycopg.connect(**services.owner) as connection:
            row = connection.execute("SELECT count(*) FROM kept").fetchone()

        assert row == (1,)
    assert becomes_quiet(data)


def test_a_killed_server_comes_back(data: Path) -> None:
    with embedded.use(data, throwaway=True):
        os.kill(int((data / "pg" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        os.kill(processes.named(data, "valkey-server"), signal.SIGKILL)

        assert processes.becomes_true(lambda: postgres.is_ready(data), within_s=5)
        assert processes.becomes_true(lambda: valkey.is_ready(data), within_s=5)
    assert becomes_quiet(data)


def test_a_killed_keeper_takes_its_servers_along_and_the_next_start_works(data: Path) -> None:
    first = embedded.ensure(data, throwaway=True)
    os.kill(int(paths.keeper_lock(data).read_text().split()[1]), signal.SIGKILL)

    assert becomes_quiet(data)
    again = embedded.ensure(data, throwaway=True)
    answers = postgres.is_ready(data)
    os.close(first.lock)
    embedded.release(again)
    assert answers


def test_stale_files_that_name_a_living_stranger_are_removed(data: Path) -> None:
    with embedded.use(data):
        pass
    (data / "pg" / "postmaster.pid").write_text(f"{os.getpid()}\n{data / 'pg'}\n")
    (data / "run" / ".s.PGSQL.5432").touch()
    (data / "run" / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    paths.keeper_lock(data).write_text("ready 1\n")

    with embedded.use(data):
        assert postgres.is_ready(data)


def test_a_half_made_database_is_made_again(data: Path) -> None:
    (data / "pg.new" / "base").mkdir(parents=True)

    with embedded.use(data, throwaway=True):
        assert postgres.is_ready(data)


def test_a_throwaway_folder_is_deleted(data: Path) -> None:
    with embedded.use(data, throwaway=True):
        assert data.exists()

    assert not data.exists()


def test_a_long_path_gets_a_short_socket_folder(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 20)

    with embedded.use(folder, throwaway=True) as services:
        length = len(os.fsencode(services.run_dir))
        assert postgres.is_ready(folder)

    assert length < 60
    assert not services.run_dir.exists()


def test_a_failed_start_says_what_the_server_said(data: Path) -> None:
    with embedded.use(data):
        pass
    (data / "pg" / "global" / "pg_control").unlink()

    with pytest.raises(embedded.ServicesFailed, match=r"postgres did not start: .*could not find the database system"):
        embedded.ensure(data)

    assert becomes_quiet(data)


def test_postgres_runs_as_nobody_for_root_without_namespaces_and_as_oneself_for_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = Path(tempfile.mkdtemp(prefix="tscore-nobody-"))  # pytest's own folders let nobody else pass
    folder.chmod(0o700)
    monkeypatch.setenv("TSCORE_ROOT_MODE", identity.ACCOUNT)

    with embedded.use(folder):
        owner = (folder / "pg").stat().st_uid
    monkeypatch.setenv("TSCORE_ROOT_MODE", identity.NAMESPACE)
    with embedded.use(folder, throwaway=True):
        assert postgres.is_ready(folder)

    assert owner == (pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else os.geteuid())


def test_a_lock_of_a_deleted_file_is_not_taken_for_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with locks.held(path):
        path.unlink()

        with locks.held(path):
            assert not locks.is_free(path)


def test_reset_deletes_a_folder_that_nobody_uses(data: Path) -> None:
    with embedded.use(data):
        with pytest.raises(reset.NotDeleted, match="Something is using"):
            reset.reset(data)

        assert (data / "pg").exists()

    reset.reset(data)

    assert not data.exists()


def test_reset_leaves_a_strange_folder_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()

    with pytest.raises(reset.NotDeleted, match="nothing of tscore"):
        reset.reset(tmp_path)

    assert (tmp_path / "thesis.txt").exists()


@pytest.mark.parametrize(
    ("told", "cache", "log"),
    [
        ({"DEMO": "1"}, "64MB", "512MB"),
        ({"DEMO": "1", "DATABASE_CACHE_MB": "300"}, "64MB", "512MB"),
        ({"DATABASE_CACHE_MB": "300"}, "300MB", "2GB"),
    ],
)
def test_postgres_stays_small_for_a_demo_and_takes_the_cache_it_is_given(monkeypatch, told, cache, log):
    for name, value in told.items():
        monkeypatch.setenv(name, value)

    assert (postgres.sized()["shared_buffers"], postgres.sized()["max_wal_size"]) == (cache, log)


def test_postgres_takes_a_sixteenth_of_the_memory_for_its_cache_within_bounds(monkeypatch):
    pages = {"SC_PAGE_SIZE": 4096}
    found = []
    for machine_gb in (0.5, 4, 64):
        pages["SC_PHYS_PAGES"] = int(machine_gb * 2**30 / 4096)
        monkeypatch.setattr(postgres.os, "sysconf", pages.__getitem__)
        found.append(postgres.sized()["shared_buffers"])

    assert found == ["64MB", "256MB", "1024MB"]
