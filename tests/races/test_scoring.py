"""Many workers score the same events, and an older revision races its correction."""

import threading
from contextlib import suppress

from signals.models import Event, Signal, SignalEvent
from signals.services import scoring, scoring_rows
from tests.factories import after, event
from tests.races.threads import side_by_side
from tscore.core import db

WORKERS, ACCOUNTS = 4, 30


def score_all(_number: int) -> int:
    handled = 0
    while found := scoring.score_pending(limit=20, now=after(60)):
        handled += found
    return handled


def make_takeover(account, **last):
    event("login.succeeded", after(days=-2), account=account, context={"ip": "~home"})
    for number in range(4):
        event("login.failed", after(number - 5), account=account, context={"ip": f"~x{account}"})
    return event("login.succeeded", after(), account=account, context={"ip": f"~x{account}"}, **last)


def test_four_workers_score_every_event_once(transactional_db):
    for number in range(ACCOUNTS):
        make_takeover(f"a-{number}")

    handled = side_by_side(score_all, threads=WORKERS)

    assert sum(handled) == 6 * ACCOUNTS
    assert set(Event.objects.values_list("fence", "attempts")) == {(1, 1)}
    assert Signal.objects.filter(detector__name="ato.failures_then_success").count() == ACCOUNTS
    assert Event.objects.filter(scored_at=None).count() == 0


def test_a_correction_scored_beside_its_original_leaves_no_signal_of_the_original(transactional_db):
    for number in range(ACCOUNTS):
        make_takeover(f"a-{number}", id=f"evt-{number}")

    def score_or_correct(number: int) -> int:
        if number:
            return score_all(number)
        for account in range(ACCOUNTS):
            home = {"ip": "~home"}
            event(
                "login.succeeded",
                after(),
                id=f"evt-{account}",
                observed_at=after(9),
                account=f"a-{account}",
                context=home,
            )
        return score_all(number)

    side_by_side(score_or_correct, threads=WORKERS)
    score_all(0)

    standing = Signal.objects.filter(retracted_at=None, detector__name="ato.failures_then_success")
    assert standing.count() == 0
    assert SignalEvent.objects.filter(position=0).count() == Signal.objects.count()


def test_batches_with_corrections_of_each_other_wait_in_no_circle(transactional_db, monkeypatch):
    correct = {"account": "a-1", "context": {"ip": "~x"}, "observed_at": after(9)}
    rows = {
        ("x", "old"): event("login.succeeded", after(), id="x", account="a-1"),
        ("y", "new"): event("login.succeeded", after(), id="y", **correct),
        ("x", "new"): event("login.succeeded", after(), id="x", **correct),
        ("y", "old"): event("login.succeeded", after(), id="y", account="a-1"),
    }
    batches = [[rows["x", "old"], rows["y", "new"]], [rows["x", "new"], rows["y", "old"]]]
    lock, both = scoring_rows.lock_older, threading.Barrier(2)

    def lock_and_wait(event_ids):
        lock(event_ids)
        with suppress(threading.BrokenBarrierError):  # as it should be: the second does not get this far
            both.wait(timeout=1)

    monkeypatch.setattr(scoring_rows, "lock_older", lock_and_wait)
    monkeypatch.setattr(db, "TRY_AGAIN", frozenset())
    side_by_side(lambda number: scoring.score_held(held=batches[number], now=after(60)), threads=2)

    assert Event.objects.filter(scored_at=None).count() == 0
