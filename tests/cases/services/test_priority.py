"""The stored rank is the same arithmetic as the pure one."""

import random
from datetime import timedelta

from cases.models import Case
from cases.services import correlation, priority, ranking
from tests import factories
from tests.cases import build
from tests.factories import NOON


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
