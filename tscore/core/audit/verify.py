"""Check an audit trail with the standard library and `cryptography` alone; copy this file anywhere and run it.

A row's leaf is SHA-256(0x00 || canonical JSON of its columns), its hash SHA-256(0x01 || previous hash || leaf). A
checkpoint is an Ed25519 signature over (seq, hash, time); copies of checkpoints lie outside the database, so that a
trail which was cut or chained anew contradicts one of them.

    python verify.py rows.jsonl checkpoints.jsonl <public key in hex>
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

COLUMNS = (
    "id", "at", "actor_id", "actor_name", "on_behalf_of", "verb", "object_type", "object_ref", "before", "after",
    "reason", "request_id", "ip",
)  # fmt: skip
GENESIS = bytes(32)


@dataclass
class Report:
    """What was read and everything that is wrong, in the order of the chain."""

    rows: int = 0
    checkpoints: int = 0
    head: str = GENESIS.hex()
    faults: list[str] = field(default_factory=list)
    first_bad: int = 0  # the place in the chain of the first row that is wrong

    @property
    def ok(self) -> bool:
        return not self.faults


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return the one byte form of a flat JSON object."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def leaf_hash(row: Mapping[str, Any]) -> bytes:
    """Return the hash of a row's content; the columns are text, numbers or null as PostgreSQL writes them."""
    return hashlib.sha256(b"\x00" + canonical({name: row[name] for name in COLUMNS})).digest()


def chain_hash(previous: bytes, leaf: bytes) -> bytes:
    """Return the hash of a row at its place in the chain."""
    return hashlib.sha256(b"\x01" + previous + leaf).digest()


def statement(*, seq: int, digest: str, at: str, key_id: str) -> bytes:
    """Return the bytes that a checkpoint signs."""
    return canonical({"at": at, "hash": digest, "key_id": key_id, "purpose": "audit checkpoint", "seq": seq})


def check(rows: Iterable[Mapping[str, Any]], checkpoints: Iterable[Mapping[str, Any]], public_key: bytes) -> Report:
    """Read sealed rows in the order of `seq` and hold them against signed checkpoints."""
    report = Report()
    signed = _signed(checkpoints, public_key, report)
    _check_chain(rows, signed, report)
    for seq in sorted(seq for seq in signed if seq > report.rows):
        report.faults.append(f"rows up to seq {seq} were signed, but the trail ends at seq {report.rows}")
    return report


def _signed(checkpoints: Iterable[Mapping[str, Any]], public_key: bytes, report: Report) -> dict[int, str]:
    key = Ed25519PublicKey.from_public_bytes(public_key)
    found: dict[int, str] = {}
    for point in checkpoints:
        report.checkpoints += 1
        seq, digest = int(point["seq"]), str(point["hash"])
        said = statement(seq=seq, digest=digest, at=str(point["at"]), key_id=str(point["key_id"]))
        try:
            key.verify(bytes.fromhex(point["signature"]), said)
        except (InvalidSignature, ValueError):
            report.faults.append(f"the checkpoint at seq {seq} is not signed by this key")
            continue
        if found.setdefault(seq, digest) != digest:
            report.faults.append(f"two signed checkpoints at seq {seq} contradict each other")
    return found


def _check_chain(rows: Iterable[Mapping[str, Any]], signed: Mapping[int, str], report: Report) -> None:
    previous = GENESIS
    for row in rows:
        seq, stored = int(row["seq"]), str(row["hash"])
        where, before = f"row seq {seq} (id {row['id']})", len(report.faults)
        if seq != report.rows + 1:
            report.faults.append(f"{where}: rows are missing or doubled before it, seq {report.rows + 1} was expected")
        elif str(row["previous_hash"]) != previous.hex():
            report.faults.append(f"{where}: it does not follow the row before it")
        if chain_hash(bytes.fromhex(row["previous_hash"]), leaf_hash(row)).hex() != stored:
            report.faults.append(f"{where}: its content was edited after it was sealed")
        if signed.get(seq, stored) != stored:
            report.faults.append(f"{where}: a signed checkpoint says otherwise; the chain was written anew")
        if len(report.faults) > before and not report.first_bad:
            report.first_bad = seq
        previous, report.rows, report.head = bytes.fromhex(stored), seq, stored


def _lines(path: str) -> Iterable[dict[str, Any]]:
    with Path(path).open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def main(arguments: list[str]) -> int:
    """Check two exported files and say what is wrong."""
    rows, checkpoints, public_key = arguments
    report = check(_lines(rows), _lines(checkpoints), bytes.fromhex(public_key))
    lines = [*report.faults, f"{report.rows} rows, {report.checkpoints} checkpoints, {len(report.faults)} faults"]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if report.ok else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
