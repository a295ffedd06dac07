"""The stored rank is the same arithmetic as the pure one."""

import random
from datetime import timedelta

from django.db import transaction

from cases.models import Case, CaseSignal
from cases.services import correlation, priority, ranking
from tests import factories
from tests.cases import build
from tests.factories import NOON
from tscore.core import db


def test_stored_priority_equals_the_pure_arithmetic(db):
    chance = random.Random(3)
    for number in range(40):
        at = NOON - timedelta(seconds=chance.randrange(40_000))
        build.signal(factories.entity("account", f"a-{number}"), score=chance.random(), severity=chance.choice(
            ["info", "low", "medium", "high", "critical"]
        ), money_at_stake_base_minor=chance.randrange(10**7))  # fmt: skip
        correlation.correlate_pending(limit=1, now=at)

    Case.objects.update(rerank_at=NOON)
    priority.rerank_due(limit=100, now=NOON)

    for case in Case.objects.select_related("queue"):
        used = ranking.used_share(opened_at=case.opened_at, due_at=case.due_at, now=NOON)
        pure = ranking.priority(probability=case.probability, stake_minor=case.stake_minor, used=used)
        assert case.priority == pure
        assert case.rerank_at == ranking.next_step_at(opened_at=case.opened_at, due_at=case.due_at, used=used)
        assert case.due_at == ranking.due_at(
            opened_at=case.opened_at, severity=case.severity, due_minutes=case.queue.due_minutes
        )


SUMS = (
    "severity",
    "probability",
    "is_calibrated",
    "stake_minor",
    "top_score",
    "top_money_minor",
    "headline",
    "priority",
)


def test_signals_added_one_by_one_come_to_what_all_of_them_come_to(db):
    chance = random.Random(5)
    for number in range(60):
        account = factories.entity("account", f"a-{chance.randrange(6)}")
        build.signal(
            account, chance.choice(["account_takeover", "payment_fraud", "prohibited_item"]), score=chance.random(),
            severity=chance.choice(["info", "low", "medium", "high", "critical"]), sentence=f"Reason {number}.",
            money_at_stake_base_minor=chance.choice([None, chance.randrange(10**7)]),
        )  # fmt: skip
        correlation.correlate_pending(limit=1, now=NOON)
    cases = Case.objects.order_by("pk")
    added = list(cases.values(*SUMS))

    with transaction.atomic():
        priority.recount(case_ids=[case.pk for case in cases], now=NOON)

    assert len(added) > 12
    assert list(cases.values(*SUMS)) == added


def test_growing_case_is_read_alike_at_two_and_at_two_hundred_signals(db):
    account = factories.entity("account", "a-1")
    read = []
    for signals in (2, 200):
        for _ in range(signals - CaseSignal.objects.count()):
            build.signal(account)
        correlation.correlate_pending(limit=500, now=NOON)
        build.signal(account)
        before = signals_read()
        correlation.correlate_pending(limit=500, now=NOON)
        read.append(signals_read() - before)

    assert read[0] == read[1]


def signals_read() -> int:
    """Return how many rows of the table of attached signals this transaction has read so far."""
    [(rows,)] = db.rows("""
        SELECT seq_tup_read + coalesce(idx_tup_fetch, 0)
          FROM pg_stat_xact_user_tables WHERE relname = 'cases_casesignal'""")
    return rows
