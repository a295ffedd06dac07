"""A short sealed trail, and ways to tamper with it as somebody who owns the database."""

from datetime import datetime, timedelta

import psycopg

from tests.database import superuser
from tscore import embedded
from tscore.core import audit
from tscore.core.audit import seal, trail, verify
from tscore.core.db import in_transaction
from tscore.core.models import User


def write(count: int, *, actor: User, now: datetime, first: int = 1) -> None:
    """Write `count` audit rows, each in a transaction of its own."""
    for number in range(first, first + count):
        in_transaction(
            lambda number=number: audit.record(
                actor=actor,
                verb="case.claimed",
                object_type="case",
                object_ref=f"C-{number}",
                at=now + timedelta(seconds=number),
                after={"share": 0.1, "größe": "ü", "z": 1, "a": [1.0, 10**20]},
            )
        )


def tamper(services: embedded.Services, name: str, statement: str) -> None:
    """Run one statement as the superuser, with triggers off."""
    with superuser(services, database=name) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement)


def chain_anew(services: embedded.Services, name: str) -> None:
    """Number and chain every row again, as somebody would who knows how the chain is made."""
    with superuser(services, database=name) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.row_factory = psycopg.rows.dict_row
        previous = verify.GENESIS
        rows = connection.execute(f"SELECT {seal.COLUMNS_SQL} FROM core_auditevent ORDER BY seq").fetchall()
        connection.execute("UPDATE core_auditevent SET seq = -seq")
        for seq, row in enumerate(rows, start=1):
            digest = verify.chain_hash(previous, verify.leaf_hash(row))
            connection.execute(
                "UPDATE core_auditevent SET seq = %s, previous_hash = %s, hash = %s WHERE id = %s",
                [seq, previous, digest, row["id"]],
            )
            previous = digest


def faults() -> list[str]:
    """Return what a check of the trail says now."""
    return verify.check(trail.sealed(), trail.checkpoints(), seal.public_key()).faults
