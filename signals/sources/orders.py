"""Sign-ups with the first purchase of each account: device and address rings among them."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from signals.sources.base import Item, Truth, event, find, read_csv, utc

KNOWN_AFTER = timedelta(days=45)  # the set gives no date; the earliest chargeback of a comparable set took that long
CURRENCY = "USD"


def fraud_ecommerce(path: Path) -> Iterator[Item]:
    """Yield each sign-up, and each first purchase at its own time between later sign-ups.

    Device and address belong to the purchase. The set names neither payment nor currency, and not when the truth
    became known; its age and sex of buyers are nobody's business here and are left out.
    """
    waiting: list[tuple[datetime, str, Item]] = []
    for row in sorted(read_csv(find(path, "signups_purchases.csv.gz")), key=lambda row: row["signup_time"]):
        signed_up, bought = utc(row["signup_time"]), utc(row["purchase_time"])
        while waiting and waiting[0][0] < signed_up:
            yield heapq.heappop(waiting)[2]
        yield Item(_signup(row, signed_up))
        heapq.heappush(waiting, (bought, row["user_id"], Item(_purchase(row, bought), _truth(row, bought))))
    while waiting:
        yield heapq.heappop(waiting)[2]


def _signup(row: dict[str, str], at: datetime) -> dict[str, Any]:
    data = {"account": f"fec-u{row['user_id']}", "extra": {"channel": row["source"]}}
    return event("fraud-ecommerce", f"fec-u{row['user_id']}/created", "account.created", at, data)


def _purchase(row: dict[str, str], at: datetime) -> dict[str, Any]:
    place = {"device": f"fec-d{row['device_id']}"} | ({"ip": row["ip"]} if row["ip"] else {})
    data = {
        "payment": f"fec-p{row['user_id']}",
        "buyer": f"fec-u{row['user_id']}",
        "amount": {"minor": round(float(row["purchase_value"]) * 100), "currency": CURRENCY},
        "context": place,
        "synthetic": ["payment", "amount.currency"],
        "extra": {"browser": row["browser"]},
    }
    return event("fraud-ecommerce", f"fec-p{row['user_id']}/captured", "payment.captured", at, data)


def _truth(row: dict[str, str], at: datetime) -> Truth:
    label = "payment.third_party" if row["class"] == "1" else "legit"
    return Truth("payment", f"fec-p{row['user_id']}", "payment_fraud", label, at + KNOWN_AFTER)
