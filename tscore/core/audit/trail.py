"""The trail as a checker wants it: sealed rows in order, checkpoints of both places, and the guards of the tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from tscore.core.audit import seal
from tscore.core.db import dicts, rows
from tscore.core.models import AuditCheckpoint

BATCH: Final = 5000
SEALED_SQL: Final = f"""SELECT seq, encode(previous_hash, 'hex') AS previous_hash, encode(hash, 'hex') AS hash,
    {seal.COLUMNS_SQL} FROM core_auditevent WHERE seq > %s ORDER BY core_auditevent.seq LIMIT {BATCH}"""
UNSEALED_SQL: Final = "SELECT count(*) FROM core_auditevent WHERE seq IS NULL"
OLDEST_SQL: Final = "SELECT at FROM core_auditevent WHERE seq IS NULL ORDER BY id LIMIT 1"
DISABLED_SQL: Final = """
SELECT expected FROM unnest(%s::text[]) AS expected
WHERE NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = expected AND tgenabled = 'O')"""
TRIGGERS: Final = (
    "audit_no_delete",
    "audit_no_truncate",
    "audit_no_update",
    "audit_sealed_once",
    "checkpoint_no_change",
)
RIGHTS_SQL: Final = """
SELECT has_table_privilege(current_user, 'core_auditevent', 'UPDATE')
    OR has_table_privilege(current_user, 'core_auditevent', 'DELETE')"""


def sealed() -> Iterator[dict[str, Any]]:
    """Yield every sealed row in the order of the chain."""
    seq = 0
    while batch := dicts(SEALED_SQL, [seq]):
        yield from batch
        seq = batch[-1]["seq"]


def oldest_unsealed() -> datetime | None:
    """Return when the entry was written that has waited longest for the sealer."""
    found = rows(OLDEST_SQL)
    return found[0][0] if found else None


def unsealed() -> int:
    """Return how many rows wait for the sealer."""
    return int(rows(UNSEALED_SQL)[0][0])


def checkpoints() -> list[dict[str, Any]]:
    """Return the checkpoints of the database and of the outside file, each once."""
    stored = [seal.as_mapping(point) for point in AuditCheckpoint.objects.order_by("seq")]
    outside, _ = anchors()
    return [*stored, *(point for point in outside if point not in stored)]


def anchors() -> tuple[list[dict[str, Any]], list[str]]:
    """Return the checkpoints of the outside file and what is wrong with the file itself."""
    path = seal.anchors_path()
    if not path.exists():
        missing = AuditCheckpoint.objects.exists()
        return [], [f"the outside copy of the checkpoints is missing ({path.name})"] if missing else []
    lines = path.read_text(encoding="utf-8").splitlines()
    found, faults = [], []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(json.loads(line))
        except ValueError:
            # The last line may be torn by a crash while it was written; its checkpoint was never stored.
            if number < len(lines):
                faults.append(f"line {number} of {path.name} cannot be read")
    return found, faults


def guards() -> list[str]:
    """Return which guards of the tables are down: triggers that are off, rights that nobody should have."""
    faults = [f"the trigger {name} is missing or switched off" for (name,) in rows(DISABLED_SQL, [list(TRIGGERS)])]
    if _roles_are_apart() and rows(RIGHTS_SQL)[0][0]:
        faults.append("the serving role may change audit rows")
    return faults


def _roles_are_apart() -> bool:
    [(is_owner,)] = rows("SELECT tableowner = current_user FROM pg_tables WHERE tablename = 'core_auditevent'")
    return not is_owner
