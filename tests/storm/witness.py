"""A witness in the storm's database: triggers that write down what must never happen, at the moment it does."""

from __future__ import annotations

from pathlib import Path

import psycopg

from tscore import embedded

SETTLED = "('done', 'refused', 'failed', 'cancelled', 'compensated')"
TABLE_SQL = f"""
CREATE TABLE storm_witness (what text, ref text, at timestamptz DEFAULT clock_timestamp());
CREATE FUNCTION storm_saw() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO public.storm_witness (what, ref) VALUES (TG_ARGV[0], NEW.id::text);
  RETURN NULL;
END $$;
CREATE TRIGGER storm_scored AFTER UPDATE OF scored_at ON signals_event FOR EACH ROW
  WHEN (OLD.scored_at IS NOT NULL) EXECUTE FUNCTION storm_saw('An event is scored once, by whoever holds its lease');
CREATE TRIGGER storm_settled AFTER UPDATE OF state ON cases_action FOR EACH ROW
  WHEN (OLD.state IN {SETTLED} AND NEW.state <> OLD.state AND (OLD.state, NEW.state) <> ('done', 'compensated'))
  EXECUTE FUNCTION storm_saw('A settled action stays as it was settled');
"""


def connect(data: Path) -> psycopg.Connection:
    """Connect as the one who may do everything."""
    return psycopg.connect(
        host=str(embedded.run_dir(data)), user=embedded.SUPERUSER, dbname=embedded.DATABASE, autocommit=True,
        connect_timeout=3, options="-c statement_timeout=30s",
    )  # fmt: skip


def call(data: Path, *, also: str = "") -> None:
    """Set the witness up; `also` is what a bug needs to be gone."""
    with connect(data) as connection:
        connection.execute(TABLE_SQL.encode())
        # Nobody here is a person: let the server's log say what a deadlock was about.
        connection.execute(f"ALTER DATABASE {embedded.DATABASE} SET log_error_verbosity = 'default'".encode())
        if also:
            connection.execute(also.encode())


Away = psycopg.Error
