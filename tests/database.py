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

# The rows of a database that was just made, kept beside it: to load them anew for each test would take a fifth of a
# second. Triggers and foreign keys rest meanwhile. Numbers start again, so that starter rows keep the ids that servers
# cached.
KEPT = "('django_migrations', 'django_content_type', 'auth_permission')"
TABLES = f"""
  SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    AND NOT relispartition AND relname NOT IN {KEPT}
"""
KEEP = f"""
DO $$
DECLARE one text; found boolean;
BEGIN
  CREATE SCHEMA starter;
  FOR one IN {TABLES} LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one) INTO found;
    IF found THEN EXECUTE format('CREATE TABLE starter.%s AS TABLE %s', one, one); END IF;
  END LOOP;
END $$
"""
CLEAN = f"""
DO $$
DECLARE one text; written text; number text; found boolean;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR one IN {TABLES} LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one) INTO found;
    IF found THEN
      EXECUTE format('DELETE FROM %s', one);
      FOR number IN SELECT pg_get_serial_sequence(one, attname) FROM pg_attribute
        WHERE attrelid = one::regclass AND attidentity <> ''
      LOOP EXECUTE format('ALTER SEQUENCE %s RESTART', number); END LOOP;
    END IF;
    IF to_regclass('starter.' || one) IS NOT NULL THEN
      SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute INTO written
        WHERE attrelid = one::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
      EXECUTE format('INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM starter.%1$s', one, written);
      FOR number, written IN SELECT pg_get_serial_sequence(one, attname), quote_ident(attname) FROM pg_attribute
        WHERE attrelid = one::regclass AND attidentity <> ''
      LOOP EXECUTE format('SELECT setval(%L, max(%s)) FROM %s', number, written, one); END LOOP;
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
            with superuser(services, database=f"{TEMPLATE}_new") as connection:
                connection.execute(KEEP)
            _as_superuser(services, sql.SQL("ALTER DATABASE {} RENAME TO {}"), f"{TEMPLATE}_new", TEMPLATE)
        _create(services, NAME, TEMPLATE)
    _point_aliases(NAME)


def clean() -> None:
    """Delete every row, with the anchors of its audit chain, and put the starter data back."""
    from django.conf import settings
    from django.db import connections

    _empty(connections["default"].settings_dict)
    shutil.rmtree(settings.ANCHORS, ignore_errors=True)


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
    call_command("load_starter", verbosity=0)
