"""The budget holds whatever happens inside, and what was not in time is neither lost nor doubled."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from cases.models import CaseSignal
from cases.services import correlation
from signals.models import Event, Signal
from signals.services import assess, in_time, ingest, scoring
from signals.services.assess import NotStoredInTime
from signals.services.verdicts import Advice
from tests.factories import after
from tests.signals.services.assessing import (
    NOW,
    SOURCE,
    ask,
    detector,
    finding,
    guess_password,
    login,
    said,
    sleeper,
    until,
)
from tscore.core import work
from tscore.core.db import rows
from tscore.core.models import Alarm

BUDGET_S = 0.5
GRACE_S = 0.9  # for a machine that does other things as well
LONG_S = 1.8


@pytest.fixture(autouse=True)
def _threads(transactional_db):
    """Let no work go on when the tables are emptied."""
    # Connections are made here, so that a small budget is spent on what is tested.
    ask(login("first", data={"account": "ben"}))
    yield
    in_time.stop()


def timed(item, **given):
    """Ask with a small budget; return what was said and how long it took."""
    began = time.monotonic()
    answer = ask(item, budget_s=BUDGET_S, default=Advice.REVIEW, **given)
    return said(answer), time.monotonic() - began


def scored_once(external_id: str = "evt-1") -> bool:
    """Tell whether the event was scored, and by one holder only."""
    return list(Event.objects.filter(external_id=external_id).values_list("scored_at", "fence")) == [(NOW, 1)]


def held_elsewhere(sql: str, *params: object):
    """Lock rows in another session for the length of a block."""

    class Held:
        def __enter__(self):
            self.block = transaction.atomic(using="owner")
            self.block.__enter__()
            assert rows(sql, params, using="owner")

        def __exit__(self, *error):
            self.block.__exit__(*error)

    return Held()


def test_sleeping_detector_gets_the_default_in_time_and_its_signal_later(monkeypatch):
    detector(monkeypatch, sleeper(LONG_S, finding(0.95)))

    answer, took = timed(login("evt-1"))

    assert answer == ("review", "default", "new")
    assert BUDGET_S <= took < BUDGET_S + GRACE_S
    until(scored_once)
    assert Signal.objects.get().score == 0.95


def test_sleeping_detectors_never_keep_events_from_being_stored(monkeypatch, settings):
    settings.DETECTOR_EVENT_S = settings.DETECTOR_BATCH_S = 60.0  # it may sleep: what it says counts
    detector(monkeypatch, sleeper(LONG_S, finding(0.95)))
    count = in_time.THREADS + 2

    def one(number: int):
        return timed(login(f"evt-{number}", minutes=number))

    with ThreadPoolExecutor(2) as callers:
        answers = list(callers.map(one, range(count)))

    assert {answer for answer, _ in answers} == {("review", "default", "new")}
    assert max(took for _, took in answers) < BUDGET_S + GRACE_S
    in_time.stop()
    scoring.score_pending(limit=500, now=NOW)
    assert Signal.objects.count() == count
    assert Event.objects.filter(scored_at=None).count() == 0


def test_slow_statement_gets_the_default_in_time(monkeypatch):
    def slow(view):
        rows("SELECT pg_sleep(%s)", [LONG_S])
        return finding(0.95)(view)

    detector(monkeypatch, slow)

    answer, took = timed(login("evt-1"))

    assert (answer, took < BUDGET_S + GRACE_S) == (("review", "default", "new"), True)
    until(scored_once)


def test_endless_statement_ends_by_itself_and_its_detector_is_told_of(monkeypatch):
    detector(monkeypatch, lambda view: rows("SELECT pg_sleep(60)") and None)

    answer, _ = timed(login("evt-1"))

    assert answer == ("review", "default", "new")
    until(scored_once)
    assert [alarm.key for alarm in Alarm.objects.all()] == ["detector:ato.test"]


def test_locked_row_in_scoring_gets_the_default_in_time():
    ask(login("evt-1"))
    lock = "SELECT id FROM signals_event WHERE external_id = %s FOR UPDATE"

    with held_elsewhere(lock, "evt-1"):
        answer, took = timed(login("evt-1", ip="~home", recordedtime=after(9).isoformat()))

    assert (answer, took < BUDGET_S + GRACE_S) == (("review", "default", "superseding"), True)
    until(lambda: not Event.objects.filter(scored_at=None).exists())


def test_what_was_given_back_is_scored_by_the_stage():
    ask(login("evt-1"))
    lock = "SELECT id FROM signals_event WHERE external_id = %s FOR UPDATE"

    with held_elsewhere(lock, "evt-1"):
        timed(login("evt-1", ip="~home", recordedtime=after(9).isoformat()))
        in_time.stop()  # the statement that waits for the row is cut off meanwhile

    waiting = Event.objects.get(scored_at=None)
    assert (waiting.leased_until, waiting.last_error, Alarm.objects.count()) == (None, "", 0)
    assert scoring.score_pending(limit=500, now=NOW) == 1


def test_locked_case_costs_only_the_case(monkeypatch):
    detector(monkeypatch, finding(0.8))
    ask(login("evt-1"), route=correlation.correlate_at_once)

    with held_elsewhere("SELECT id FROM cases_case FOR UPDATE"):
        answer, took = timed(login("evt-2", minutes=1), route=correlation.correlate_at_once)

    assert (answer, took < BUDGET_S + GRACE_S) == (("review", "detectors", "new"), True)
    until(lambda: CaseSignal.objects.count() == 2)


def test_event_that_cannot_be_stored_in_time_is_told_and_may_be_sent_again():
    lock = "SELECT id FROM signals_entity WHERE external_id = 'ada' FOR UPDATE"
    ask(login("evt-0", minutes=-1))
    began = time.monotonic()

    with held_elsewhere(lock), pytest.raises(NotStoredInTime) as told:
        timed(login("evt-1"))

    assert time.monotonic() - began < BUDGET_S + GRACE_S
    assert (told.value.status, told.value.headers) == (503, {"Retry-After": "2"})
    answer = ask(login("evt-1"))
    assert answer.verdict_by == "detectors"
    in_time.stop()
    assert scored_once()


def test_failing_detector_leaves_the_verdict_to_the_others(monkeypatch):
    def fail(view):
        raise RuntimeError("no such thing")

    detector(monkeypatch, fail, alone=False)
    guess_password()

    answer = ask(login("evt-1"))

    assert said(answer) == ("review", "detectors", "new")
    assert [one.detector for one in answer.matched] == ["ato.failures_then_success"]
    assert "detector:ato.test" in {alarm.key for alarm in Alarm.objects.all()}


def store(name: str) -> None:
    ingest.ingest(source=SOURCE, items=[json.dumps(login(name)).encode()], received_at=NOW)


def test_event_that_a_worker_holds_gets_the_default_in_time():
    store("evt-1")
    held = work.lease(Event.objects.filter(scored_at=None), limit=1, now=NOW)

    answer, took = timed(login("evt-1"))

    assert (answer, took < BUDGET_S + GRACE_S) == (("review", "default", "duplicate"), True)
    scoring.score_held(held=held, now=NOW)
    assert scored_once()


def test_worker_that_is_done_within_the_budget_is_waited_for():
    guess_password()
    store("evt-1")
    held = work.lease(Event.objects.filter(scored_at=None), limit=1, now=NOW)

    def score_soon():
        time.sleep(0.1)
        scoring.score_held(held=held, now=NOW)
        connections.close_all()

    worker = threading.Thread(target=score_soon)
    worker.start()
    answer = ask(login("evt-1"))
    worker.join()

    assert said(answer) == ("review", "detectors", "duplicate")
    assert (Signal.objects.count(), scored_once()) == (1, True)


def test_event_that_waits_for_its_next_try_gets_the_default_in_time():
    store("evt-1")
    Event.objects.filter(external_id="evt-1").update(next_at=after(90), last_error="ValueError: no")

    answer, took = timed(login("evt-1"))

    assert (answer, took < BUDGET_S + GRACE_S) == (("review", "default", "duplicate"), True)


def test_event_that_cannot_be_scored_is_set_aside_as_by_the_stage(monkeypatch):
    detector(monkeypatch, finding(0.95), name="no_such_type")
    monkeypatch.setattr(scoring, "MOST_EVIDENCE", "not a number")

    answer = ask(login("evt-1"), budget_s=BUDGET_S)

    event = Event.objects.get(external_id="evt-1")
    assert said(answer) == ("allow", "default", "new")
    assert (event.scored_at, event.leased_until, event.attempts) == (None, None, 1)
    assert event.last_error.startswith("TypeError")
    assert event.next_at > NOW
    assert [alarm.key for alarm in Alarm.objects.all()] == ["score:event"]


def test_workers_and_callers_score_every_event_once():
    count = 24

    def one(number: int):
        try:
            if number % 4 == 0:
                scoring.score_pending(limit=5, now=NOW)
            return ask(login(f"evt-{number // 2}"), budget_s=10).verdict_by
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as callers:
        said_by = list(callers.map(one, range(count)))

    assert set(said_by) == {"detectors"}
    assert set(Event.objects.values_list("fence", "scored_at")) == {(1, NOW)}


def test_no_slot_is_lost():
    in_time.stop()

    free = [assess.SCORING.acquire(blocking=False) for _ in range(in_time.THREADS // 2 + 1)]
    for _ in range(in_time.THREADS // 2):
        assess.SCORING.release()

    assert free == [True] * (in_time.THREADS // 2) + [False]
