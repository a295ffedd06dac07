import threading

import pytest
from django.db import connections
from django.test import RequestFactory

from tscore.core import idempotency
from tscore.core.db import OutcomeUnknown, in_transaction
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


def test_command_of_unknown_outcome_may_only_be_repeated_as_it_was(transactional_db, now):
    def cut():
        raise OutcomeUnknown

    with pytest.raises(OutcomeUnknown):
        once(now, cut)

    with pytest.raises(idempotency.KeyReused):
        once(now, command(now, []), request=b"other")
    assert once(now, command(now, [])) == (201, {"alarm": 1})


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


def test_once_costs_three_statements_and_a_repetition_two(transactional_db, now, django_assert_num_queries):
    with django_assert_num_queries(3):
        once(now, lambda: (200, {"case": "C-1"}))

    with django_assert_num_queries(2):
        assert once(now, lambda: (500, {})) == (200, {"case": "C-1"})


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
