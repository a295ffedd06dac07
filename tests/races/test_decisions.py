"""Many people, tabs and workers want the same case or action at the same time."""

import random
import time
from collections import Counter
from datetime import timedelta

import pytest

from cases.models import Action, Case, Decision
from cases.services import decisions, enforcement, leaving
from tests.cases import build
from tests.cases.market import Market
from tests.factories import after
from tests.races.threads import side_by_side
from tscore.core.errors import Conflict
from tscore.marketplace.server import serve


@pytest.fixture
def market(tmp_path, settings):
    running = serve(tmp_path, secret=settings.WEBHOOK_SECRET, console_url=None, key=None)
    settings.MARKETPLACE_URL = running.url
    yield Market(running.url)
    running.stop()


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr("tscore.core.work.back_off", lambda attempts: timedelta(0))


def deliver_all(now):
    for _ in range(20):
        enforcement.deliver_pending(limit=20, now=now)


def test_deciding_eight_times_at_once_decides_once(transactional_db, ada):
    held = build.held_case(ada)
    choice = build.choice()

    def decide(_number: int) -> str:
        try:
            decisions.decide(case_id=held.pk, actor=ada, seen_version=1, fence=1, now=after(1), **choice)
        except Conflict as refused:
            return type(refused).__name__
        return "decided"

    answers = Counter(side_by_side(decide, threads=8))

    assert answers == {"decided": 1, "AlreadyDecided": 7}
    assert (Decision.objects.count(), Action.objects.count()) == (1, 2)


def test_eight_workers_send_each_action_once(transactional_db, ada, market):
    for number in range(10):
        build.decision(build.held_case(ada, f"a-{number}"))

    side_by_side(lambda _: deliver_all(after(1)), threads=8)

    assert set(Action.objects.values_list("state", flat=True)) == {"done"}
    effects = Counter(line["action"] for line in market.ledger())
    assert effects == dict.fromkeys(Action.objects.values_list("public_id", flat=True), 1)


@pytest.mark.parametrize("mode", ["ok", "drop", "lose", "500"])
def test_undo_that_races_delivery_leaves_nothing_half_done(transactional_db, ada, market, mode):
    """Each effect was never sent, or was sent and taken back; there is no third way."""
    rounds = 12
    made = [build.decision(build.held_case(ada, f"a-{n}"), action_kinds=["account.suspend"]) for n in range(rounds)]
    market.misbehave(mode, share=0.5, seed=7)

    def undo_or_deliver(number: int) -> None:
        if number:
            deliver_all(after(1))
            return
        for decision in made:
            time.sleep(random.uniform(0, 0.02))
            decisions.reverse(decision_id=decision.pk, actor=ada, now=after(2))

    side_by_side(undo_or_deliver, threads=3)
    market.misbehave("ok")
    deliver_all(after(3))

    ends = Counter(
        (action.state, getattr(action, "reversed_by", None) and action.reversed_by.state)
        for action in Action.objects.filter(reverses=None).select_related("reversed_by")
    )
    assert set(ends) <= {("cancelled", None), ("compensated", "done")}
    assert sum(ends.values()) == rounds
    sent = Counter(kind for kind, _ in market.effects())
    assert sent["account.suspend"] == sent["account.restore"] == ends[("compensated", "done")]


def test_release_races_decide_without_a_decided_open_case(transactional_db, ada):
    held = [build.held_case(ada, f"a-{number}") for number in range(10)]
    choice = build.choice()

    def release_or_decide(number: int) -> None:
        for case in held:
            try:
                if number % 2:
                    leaving.release(case_id=case.pk, actor=ada, now=after(1))
                else:
                    decisions.decide(case_id=case.pk, actor=ada, seen_version=1, fence=1, now=after(1), **choice)
            except Conflict:
                continue

    side_by_side(release_or_decide, threads=4)

    decided = set(Decision.objects.values_list("case_id", flat=True))
    assert set(Case.objects.filter(state="closed").values_list("pk", flat=True)) == decided
    assert set(Case.objects.exclude(pk__in=decided).values_list("state", flat=True)) <= {"queued"}
