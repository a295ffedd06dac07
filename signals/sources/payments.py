"""Card payments: one simulated set with published figures, one real set with late chargebacks."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from signals.sources.base import Item, Truth, event, find, read_csv, utc

FDH_LABEL_DELAY = timedelta(days=7)  # the protocol of the handbook that published the set
ADYEN_GOOD_DELAY = timedelta(
    days=185
)  # the longest delay of a chargeback in the set: only then is a payment known good


def fdh_card_transactions(path: Path) -> Iterator[Item]:
    """Yield each transaction as a captured payment; the customer is buyer and card, the terminal the seller."""
    import pyarrow.parquet as pq

    columns = ["TRANSACTION_ID", "TX_DATETIME", "CUSTOMER_ID", "TERMINAL_ID", "TX_AMOUNT", "TX_FRAUD"]
    file = pq.ParquetFile(find(path, "transactions.parquet"))
    for batch in file.iter_batches(batch_size=10_000, columns=columns):
        for row in batch.to_pylist():
            yield _fdh_item(row)


def _fdh_item(row: dict[str, Any]) -> Item:
    payment, at = f"fdh-p{row['TRANSACTION_ID']}", row["TX_DATETIME"].replace(tzinfo=UTC)
    data = {
        "payment": payment,
        "buyer": f"fdh-c{row['CUSTOMER_ID']}",
        "seller": f"fdh-t{row['TERMINAL_ID']}",
        "card": f"~fdh-card{row['CUSTOMER_ID']}",
        "amount": {"minor": round(row["TX_AMOUNT"] * 100), "currency": "EUR"},
        "synthetic": ["card"],
    }
    label = "payment.third_party" if row["TX_FRAUD"] else "legit"
    truth = Truth("payment", payment, "payment_fraud", label, at + FDH_LABEL_DELAY)
    return Item(event("fdh", f"{payment}/captured", "payment.captured", at, data), truth)


def adyen_chargebacks(path: Path) -> Iterator[Item]:
    """Yield payments at their creation and each chargeback as a dispute when it was booked, in order of time."""
    waiting: list[tuple[datetime, str, Item]] = []
    for row in read_csv(find(path, "transactions.csv.gz")):
        created = utc(row["creationdate"])
        while waiting and waiting[0][0] <= created:
            yield heapq.heappop(waiting)[2]
        yield Item(_adyen_payment(row, created), _adyen_truth(row, created))
        if row["simple_journal"] == "Chargeback":
            booked = utc(row["bookingdate"])
            heapq.heappush(waiting, (booked, row["txid"], Item(_adyen_dispute(row, booked))))
    while waiting:
        yield heapq.heappop(waiting)[2]


def _adyen_amount(row: dict[str, str]) -> dict[str, Any]:
    return {"minor": int(row["amount"]), "currency": row["currencycode"]}


def _adyen_payment(row: dict[str, str], created: datetime) -> dict[str, Any]:
    is_refused = row["simple_journal"] == "Refused"
    country = row["shoppercountrycode"]
    place = {"country": country} if len(country) == 2 else {}
    data = {
        "payment": f"ady-p{row['txid']}",
        "amount": _adyen_amount(row),
        "card": f"~{row['card_id']}",
        "email": f"~{row['mail_id']}",
        "bin": row["bin"].split(".")[0] or None,
        "refusal": "refused" if is_refused else None,
        "context": {"ip": f"~{row['ip_id']}", **place},
    }
    kind = "payment.refused" if is_refused else "payment.captured"
    return event("adyen", f"ady-{row['txid']}/{kind}", kind, created, data)


def _adyen_dispute(row: dict[str, str], booked: datetime) -> dict[str, Any]:
    data = {
        "dispute": f"ady-d{row['txid']}",
        "payment": f"ady-p{row['txid']}",
        "stage": "chargeback",
        "amount": _adyen_amount(row),
    }
    return event("adyen", f"ady-{row['txid']}/dispute.opened", "dispute.opened", booked, data)


def _adyen_truth(row: dict[str, str], created: datetime) -> Truth | None:
    if row["simple_journal"] == "Refused":
        return None  # an issuer's refusal says nothing about fraud
    is_bad = row["simple_journal"] == "Chargeback"
    known_at = utc(row["bookingdate"]) if is_bad else created + ADYEN_GOOD_DELAY
    label = "payment.third_party" if is_bad else "legit"
    return Truth("payment", f"ady-p{row['txid']}", "payment_fraud", label, known_at)
