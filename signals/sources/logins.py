"""Simulated web logins with labelled brute force and takeover."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from signals.sources.base import Item, Truth, event, find, read_csv, utc

FORM = "%Y-%m-%d %H:%M:%S.%f"
FAILURES = {
    "error_wrong_password": "wrong_password",
    "error_wrong_username": "unknown_user",
    "error_account_locked": "locked",
}
KNOWN_AFTER = timedelta(days=1)


def login_attempts_sim(path: Path) -> Iterator[Item]:
    """Yield each attempt; a name that never succeeds in the file is what somebody typed, not an account.

    The truth about an attempt of an attack is known when the attack has ended, about any other a day later.
    """
    file = find(path, "logins.csv.gz")
    accounts = {row["username"] for row in read_csv(file) if row["success"] == "True"}
    attacks = sorted((_time(row["start"]), _time(row["end"])) for row in read_csv(file.with_name("attacks.csv.gz")))
    for position, row in enumerate(read_csv(file)):
        yield _item(position, row, accounts=accounts, attacks=attacks)


def _item(position: int, row: dict[str, str], *, accounts: set[str], attacks: list[tuple[datetime, datetime]]) -> Item:
    at, name = _time(row["datetime"]), row["username"]
    has_account, succeeded = name in accounts, row["success"] == "True"
    data: dict[str, Any] = {
        "account": f"sim-{name}" if has_account else None,
        "username_typed": None if has_account else name,
        "method": "password",
        "failure": None if succeeded else FAILURES.get(row["failure_reason"], "wrong_password"),
        "context": {"ip": row["source_ip"]},
    }
    kind = "login.succeeded" if succeeded else "login.failed"
    envelope = event("login-sim", f"sim-{position}", kind, at, data)
    return Item(envelope, _truth(row, at, attacks) if has_account else None)


def _truth(row: dict[str, str], at: datetime, attacks: list[tuple[datetime, datetime]]) -> Truth:
    is_attack = row["is_attack"] == "1"
    label = "ato.confirmed" if is_attack else "legit"
    known_at = _end_of_attack(at, attacks) if is_attack else at + KNOWN_AFTER
    return Truth("account", f"sim-{row['username']}", "account_takeover", label, known_at)


def _end_of_attack(at: datetime, attacks: list[tuple[datetime, datetime]]) -> datetime:
    position = bisect.bisect_right(attacks, (at, datetime.max.replace(tzinfo=at.tzinfo))) - 1
    end = attacks[position][1] if position >= 0 else at
    return max(end, at) + timedelta(seconds=1)


def _time(text: str) -> datetime:
    return utc(text, FORM if "." in text else "%Y-%m-%d %H:%M:%S")
