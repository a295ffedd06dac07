"""One migrated database per test worker, cleaned as the superuser: `app` may neither truncate nor delete evidence."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from tscore import embedded
from tscore.embedded import locks, valkey

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
WORKER_NUMBER = int(WORKER.removeprefix("gw")) if WORKER != "main" else 0
TEMPLATE = "template_tscore"
NAME = f"test_tscore_{WORKER}"
ALIASES = ("default", "owner", "sealer")

# Triggers and foreign keys rest meanwhile. Numbers start again, so that starter rows keep the ids that servers cached.
CLEAN = """
DO $$
DECLARE one text; number text; found boolean;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR one IN SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'
    AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
  LOOP
    EXECUTE 'SELECT EXISTS (SELECT FROM ' || one || ')' INTO found;
    IF found THEN
      EXECUTE 'DELETE FROM ' || one;
      FOR number IN SELECT pg_get_serial_sequence(one, attname) FROM pg_attribute
        WHERE attrelid = one::regclass AND attidentity <> ''
      LOOP EXECUTE 'ALTER SEQUENCE ' || number || ' RESTART'; END LOOP;
    END IF;
  END LOOP;
END $$
"""


def adapt_django() -> None:
    """Let every database test use all aliases, and clean as the superuser where Django would flush.

    In a test without `transaction=True` each alias has a transaction of its own, so rows written by one are not seen by
    the others.
    """
    from django.conf import settings
    from django.test import TransactionTestCase

    settings.BROKER_URL = os.environ["BROKER_URL"]  # a worker's settings were loaded before its number was known
    settings.WHITENOISE_AUTOREFRESH = True  # else each client reads the folder that another worker is filling
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    TransactionTestCase.databases = set(ALIASES)
    TransactionTestCase._fixture_teardown = lambda case: clean()  # type: ignore[method-assign]


def create(services: embedded.Services) -> None:
    """Create this worker's database as a copy of one that the first worker migrated."""
    with locks.held(services.data / "template", patience_s=300):
        if not _exists(services, TEMPLATE):
            _create(services, f"{TEMPLATE}_new", "template1")
            _point_aliases(f"{TEMPLATE}_new")
            _migrate()
            disconnect()
            _as_superuser(services, sql.SQL("ALTER DATABASE {} RENAME TO {}"), f"{TEMPLATE}_new", TEMPLATE)
        _create(services, NAME, TEMPLATE)
    _point_aliases(NAME)


def clean() -> None:
    """Delete every row, with the anchors of its audit chain, and load the starter data again."""
    from django.conf import settings
    from django.db import connections

    _empty(connections["default"].settings_dict)
    shutil.rmtree(settings.ANCHORS, ignore_errors=True)
    _load_starter()


def _empty(address: Mapping[str, Any], tries: int = 5) -> None:
    """Delete every row; a request that a closed page left behind may still be writing some, and is waited for."""
    try:
        with psycopg.connect(host=address["HOST"], user=embedded.SUPERUSER, dbname=address["NAME"]) as connection:
            connection.execute(CLEAN)
    except psycopg.errors.DeadlockDetected:
        if tries == 1:
            raise
        _empty(address, tries - 1)


def disconnect() -> None:
    """Close this thread's connections."""
    from django.db import connections

    connections.close_all()


def empty_broker(services: embedded.Services) -> None:
    """Forget every message of this worker."""
    valkey.ask(services.data, f"SELECT {WORKER_NUMBER}", "FLUSHDB")


@contextmanager
def superuser(services: embedded.Services, *, database: str = "postgres") -> Iterator[psycopg.Connection]:
    """Connect as the one who may do everything."""
    with psycopg.connect(**services.dsn(embedded.SUPERUSER, database=database), autocommit=True) as connection:
        yield connection


def _exists(services: embedded.Services, name: str) -> bool:
    with superuser(services) as connection:
        return connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _create(services: embedded.Services, name: str, template: str) -> None:
    _as_superuser(services, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"), name)
    _as_superuser(services, sql.SQL("CREATE DATABASE {} OWNER owner TEMPLATE {}"), name, template)


def _as_superuser(services: embedded.Services, statement: sql.SQL, *names: str) -> None:
    with superuser(services) as connection:
        connection.execute(statement.format(*map(sql.Identifier, names)))


def _point_aliases(name: str) -> None:
    from django.db import connections

    disconnect()
    os.environ["DATABASE_NAME"] = name  # for the processes a test starts
    for alias in ALIASES:
        connections[alias].settings_dict["NAME"] = connections.settings[alias]["NAME"] = name


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", database="owner", interactive=False, verbosity=0)
    _load_starter()


def _load_starter() -> None:
    from django.core.management import call_command, get_commands

    if "load_starter" in get_commands():
        call_command("load_starter", verbosity=0)
