import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from tests.database import superuser
from tscore.core import idempotency
from tscore.core.db import Contended, OutcomeUnknown, in_transaction, rows
from tscore.core.models import Alarm, IdempotencyKey


def command(now, calls):
    def run():
        calls.append(1)
        Alarm.objects.create(key=str(len(calls)), severity="low", since=now, last_seen_at=now, detail="")
        return 201, {"alarm": len(calls)}

    return run


def once(now, run, *, key="k1", request=b"body", actor="user:1"):
    return idempotency.once(key=key, actor=actor, request=request, now=now, run=run)


def test_once_gives_the_first_answer_again(transactional_db, now):
    calls = []

    first, second = once(now, command(now, calls)), once(now, command(now, calls))

    assert first == second == (201, {"alarm": 1})
    assert (len(calls), Alarm.objects.count()) == (1, 1)


def test_once_tells_keys_and_actors_apart(transactional_db, now):
    calls = []

    once(now, command(now, calls))
    once(now, command(now, calls), key="k2")
    once(now, command(now, calls), actor="user:2")

    assert len(calls) == 3


def test_once_refuses_the_key_for_another_request(transactional_db, now):
    calls = []
    once(now, command(now, calls))

    with pytest.raises(idempotency.KeyReused):
        once(now, command(now, calls), request=b"other")

    assert len(calls) == 1


def test_failed_command_may_be_corrected_and_sent_again(transactional_db, now):
    def fails():
        raise LookupError

    with pytest.raises(LookupError):
        once(now, fails)

    assert IdempotencyKey.objects.count() == 0
    assert once(now, command(now, []), request=b"corrected") == (201, {"alarm": 1})


def test_command_whose_commit_was_cut_off_leaves_all_or_nothing(transactional_db, services, now):
    def cut():
        Alarm.objects.create(key="cut", severity="low", since=now, last_seen_at=now, detail="")
        [(backend,)] = rows("SELECT pg_backend_pid()")
        with superuser(services) as admin:
            admin.execute("SELECT pg_terminate_backend(%s)", [backend])
        return 201, {"alarm": "cut"}

    with pytest.raises((OutcomeUnknown, Contended)):
        once(now, cut)

    assert (IdempotencyKey.objects.count(), Alarm.objects.count()) == (0, 0)
    assert once(now, command(now, [])) == (201, {"alarm": 1})


def test_answer_is_kept_with_the_effect_although_nobody_heard_it(transactional_db, now, monkeypatch):
    """The process ends right after the commit, before anything else runs."""

    def ends(name):
        raise SystemExit(name)

    monkeypatch.setattr(idempotency, "crashpoint", ends)
    with pytest.raises(SystemExit, match=r"once\.committed"):
        once(now, command(now, []))
    monkeypatch.undo()

    calls = []
    assert once(now, command(now, calls)) == (201, {"alarm": 1})
    assert (calls, Alarm.objects.count()) == ([], 1)


def test_add_takes_the_next_step_and_keeps_it_with_the_answer(transactional_db, now):
    once(now, command(now, []))

    added = idempotency.add(key="k1", actor="user:1", run=lambda: {"next": "C-2"})

    assert added == {"alarm": 1, "next": "C-2"}
    assert once(now, command(now, [])) == (201, added)


def test_add_undoes_a_step_that_was_taken_already(transactional_db, now):
    once(now, lambda: (200, {"next": "C-2"}))

    def again():
        command(now, [])()
        return {"next": "C-3"}

    assert idempotency.add(key="k1", actor="user:1", run=again) == {"next": "C-2"}
    assert Alarm.objects.count() == 0


def once_long(now, run, find, *, request=b"body"):
    return idempotency.once_long(key="k1", actor="user:1", request=request, now=now, run=run, find=find)


def test_once_long_gives_the_first_answer_again(transactional_db, now):
    calls = []

    answers = [once_long(now, command(now, calls), lambda: None) for _ in range(2)]

    assert answers == [(201, {"alarm": 1})] * 2
    assert len(calls) == 1


def test_once_long_rebuilds_the_answer_of_a_command_that_died_before_keeping_it(transactional_db, now):
    calls = []

    def dies():
        command(now, calls)()
        raise OutcomeUnknown

    with pytest.raises(OutcomeUnknown):
        once_long(now, dies, lambda: None)
    with pytest.raises(idempotency.KeyReused):
        once_long(now, dies, lambda: None, request=b"other")

    assert once_long(now, dies, lambda: (201, {"alarm": len(calls)})) == (201, {"alarm": 1})
    assert Alarm.objects.count() == 1


def test_once_long_that_failed_may_be_corrected_and_sent_again(transactional_db, now):
    def fails():
        raise LookupError

    with pytest.raises(LookupError):
        once_long(now, fails, lambda: None)

    assert once_long(now, command(now, []), lambda: None, request=b"corrected") == (201, {"alarm": 1})


def test_once_inside_a_transaction_commits_answer_and_effect_together(transactional_db, now):
    def both():
        once(now, command(now, []))
        raise LookupError

    with pytest.raises(LookupError):
        in_transaction(both)

    assert (IdempotencyKey.objects.count(), Alarm.objects.count()) == (0, 0)


def test_same_command_at_the_same_time_is_in_flight(transactional_db, now):
    started, finish, answers = threading.Event(), threading.Event(), []

    def slow():
        started.set()
        assert finish.wait(10)
        return 200, {"slow": True}

    def first() -> None:
        try:
            answers.append(once(now, slow))
        finally:
            connections.close_all()

    thread = threading.Thread(target=first)
    thread.start()
    assert started.wait(10)

    with pytest.raises(idempotency.InFlight):
        once(now, slow)
    finish.set()
    thread.join(10)

    assert answers == [(200, {"slow": True})]
    assert once(now, slow) == (200, {"slow": True})


@pytest.mark.parametrize("key", [None, "", "   ", "x" * 256])
def test_key_from_refuses_a_missing_or_long_key(key):
    headers = {} if key is None else {"Idempotency-Key": key}

    with pytest.raises(idempotency.KeyNeeded):
        idempotency.key_from(RequestFactory().post("/", headers=headers))


def test_key_from_reads_the_header():
    assert idempotency.key_from(RequestFactory().post("/", headers={"Idempotency-Key": " a-1 "})) == "a-1"


def test_once_costs_two_statements_and_a_repetition_one(transactional_db, now):
    with CaptureQueriesContext(connection) as first:
        once(now, lambda: (200, {"case": "C-1"}))
    with CaptureQueriesContext(connection) as again:
        assert once(now, lambda: (500, {})) == (200, {"case": "C-1"})

    counted = [[query["sql"] for query in found if query["sql"] not in ("BEGIN", "COMMIT")] for found in (first, again)]
    assert [len(statements) for statements in counted] == [2, 1]


def test_key_may_be_used_again_after_it_was_refused(transactional_db, now):
    once(now, command(now, []))
    for _ in range(2):
        with pytest.raises(idempotency.KeyReused):
            once(now, command(now, []), request=b"other")

    assert once(now, command(now, [])) == (201, {"alarm": 1})


def test_same_command_from_many_threads_runs_once(transactional_db, now):
    """Eight senders of one command: it runs once, the others are told to wait or get the same answer."""
    calls, answers, start = [], [], threading.Barrier(8, timeout=10)

    def send() -> None:
        start.wait()
        try:
            answers.append(once(now, command(now, calls)))
        except idempotency.InFlight:
            answers.append(None)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(calls) == 1
    assert set(map(str, answers)) <= {"(201, {'alarm': 1})", "None"}
    assert once(now, command(now, calls)) == (201, {"alarm": 1})


def test_forget_old_deletes_answers_older_than_they_are_kept_in_batches(transactional_db, now):
    for days in (99, 92, 91, 89, 0):
        once(now - timedelta(days=days), lambda: (200, {}), key=f"{days} d ago")

    handled = [idempotency.forget_old(limit=2, now=now) for _ in range(3)]

    assert handled == [2, 1, 0]
    assert set(IdempotencyKey.objects.values_list("key", flat=True)) == {"89 d ago", "0 d ago"}
