"""A replayed set whose truths all become known after its end loses its delayed risk, and nothing else."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import transaction

from signals.models import Event, Signal
from signals.services import replays, scoring
from signals.sources import LOADERS, Item

pytestmark = pytest.mark.django_db
FIRST = datetime(2018, 4, 1)  # noqa: DTZ001  (the set has no zone)
DAYS, CUSTOMERS, TERMINALS = 30, 8, 6
TURNED, SINCE = 3, 10  # the terminal that turns bad, and the day from which
AFTER_THE_END = datetime(2030, 1, 1, tzinfo=UTC)
DELAYED = ("seller_bad_14d", "seller_bad_30d", "seller_bad_share_14d", "seller_bad_share_30d")


def payments() -> Iterator[dict[str, Any]]:
    """Yield everybody's three payments a day; on day 20 and later customer 1 pays far out of character."""
    luck = random.Random("known later")
    for number in range(DAYS * CUSTOMERS * 3):
        day, terminal, customer = number // (CUSTOMERS * 3), luck.randrange(TERMINALS), number % CUSTOMERS
        is_odd = customer == 1 and day >= 20 and number % 3 == 0
        is_fraud = terminal == TURNED and day >= SINCE
        yield {
            "TRANSACTION_ID": number,
            "TX_DATETIME": FIRST + timedelta(days=DAYS * number / (DAYS * CUSTOMERS * 3)),
            "CUSTOMER_ID": customer,
            "TERMINAL_ID": terminal,
            "TX_AMOUNT": 900.0 if is_odd else round(luck.uniform(20, 40), 2),
            "TX_FRAUD": int(is_fraud),
            "TX_FRAUD_SCENARIO": 2 if is_fraud else 0,
        }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pq.write_table(pa.Table.from_pylist(list(payments())), tmp_path / "transactions.parquet")
    return tmp_path


def replayed(items: Iterator[Item]) -> tuple[list[dict[str, Any]], set[tuple[str, ...]]]:
    """Replay, score with the set's own time, and forget: the features of every event, and what was found of whom."""
    times: list[datetime] = []

    def watched() -> Iterator[Item]:
        for item in items:
            times.append(datetime.fromisoformat(item.envelope["time"]))
            yield item

    def score(_: list[Item]) -> None:
        scoring.score_pending(limit=replays.BATCH, now=times[-1])

    before = transaction.savepoint()
    replays.replay(items=watched(), clock=lambda: times[-1], after_batch=score)
    features = list(Event.objects.order_by("external_id").values_list("features", flat=True))
    found = Signal.objects.values_list("detector__name", "entity__external_id", "dedupe_key", "reasons", "score")
    signals = {tuple(map(str, row)) for row in found}
    transaction.savepoint_rollback(before)
    return features, signals


def known_after_the_end(items: Iterator[Item]) -> Iterator[Item]:
    for item in items:
        yield replace(item, truth=item.truth and replace(item.truth, known_at=AFTER_THE_END))


def test_delayed_risk_is_empty_and_every_other_value_and_signal_is_unchanged(folder):
    load = LOADERS["fdh_card_transactions"]

    features, signals = replayed(load(folder))
    later_features, later_signals = replayed(known_after_the_end(load(folder)))

    by_delayed_risk = {signal for signal in signals if signal[0] == "payment.seller_turning_bad"}
    assert {signal[0] for signal in signals} == {"payment.seller_turning_bad", "payment.amount_out_of_character"}
    assert later_signals == signals - by_delayed_risk
    assert any(row["seller_bad_14d"] for row in features)
    assert [row[name] for row in later_features for name in DELAYED if row.get(name)] == []
    assert [without(row) for row in later_features] == [without(row) for row in features]


def without(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in DELAYED}
