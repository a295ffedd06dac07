import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.db import connections, models
from kombu import Connection

from tscore.core import db, work
from tscore.core.models import WorkRow

TABLE = """
CREATE TABLE tests_job (id bigint PRIMARY KEY, attempts smallint NOT NULL DEFAULT 0, next_at timestamptz,
    leased_until timestamptz, fence int NOT NULL DEFAULT 0, last_error text NOT NULL DEFAULT '')"""


class Job(WorkRow):
    """A row of work that exists only here."""

    class Meta:
        app_label = "tests"
        db_table = "tests_job"
        managed = False


@pytest.fixture
def jobs(transactional_db):
    db.rows(TABLE, using="owner")
    db.rows("INSERT INTO tests_job (id) SELECT generate_series(1, 200)")
    yield Job.objects.all()
    connections["default"].close()
    db.rows("DROP TABLE tests_job", using="owner")


def test_lease_takes_free_rows_in_order_and_marks_them(jobs):
    held = work.lease(jobs, limit=3)

    assert [(job.pk, job.attempts, job.fence) for job in held] == [(1, 1, 1), (2, 1, 1), (3, 1, 1)]
    assert all(job.leased_until is not None for job in held)


def test_lease_passes_over_rows_that_are_held(jobs):
    work.lease(jobs, limit=3)

    assert [job.pk for job in work.lease(jobs, limit=2)] == [4, 5]


def test_lease_takes_a_row_again_when_its_lease_ended(jobs):
    work.lease(jobs, limit=1)
    jobs.update(leased_until=models.functions.Now() - timedelta(seconds=1))

    [job] = work.lease(jobs, limit=1)

    assert (job.pk, job.attempts, job.fence) == (1, 2, 2)


def test_lease_leaves_rows_whose_time_has_not_come(jobs, now):
    jobs.filter(pk=1).update(next_at=now + timedelta(seconds=1))
    jobs.filter(pk=2).update(next_at=now)

    assert [job.pk for job in work.lease(jobs, limit=2, now=now)] == [2, 3]


def test_lease_follows_the_order_of_the_queryset(jobs):
    assert [job.pk for job in work.lease(jobs.order_by("-id"), limit=2)] == [199, 200]


def test_lease_gives_each_row_to_one_of_many(jobs):
    """Eight threads empty the table together; no row is handed out twice."""
    held, start = [], threading.Barrier(8, timeout=10)

    def empty() -> None:
        start.wait()
        try:
            while batch := work.lease(Job.objects.all(), limit=7):
                held.extend(job.pk for job in batch)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=empty) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(held) == list(range(1, 201))


def test_release_gives_back_only_what_is_still_held(jobs, now):
    held = work.lease(jobs, limit=2)
    jobs.filter(pk=2).update(fence=9)

    released = work.release(held, next_at=now, error="marketplace is down")

    assert released == 1
    assert list(jobs.filter(pk__lte=2).values_list("pk", "leased_until", "next_at", "last_error")) == [
        (1, None, now, "marketplace is down"),
        (2, held[1].leased_until, None, ""),
    ]


def test_release_of_nothing_asks_nothing(jobs, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert work.release([]) == 0


@pytest.mark.parametrize(
    ("attempts", "longest"), [(0, 1), (1, 1), (2, 2), (5, 16), (12, 2048), (13, 3600), (1000, 3600)]
)
def test_back_off_doubles_up_to_an_hour(attempts, longest):
    waits = [work.back_off(attempts).total_seconds() for _ in range(50)]

    assert all(longest / 2 <= wait <= longest for wait in waits)
    assert len(set(waits)) > 1


def test_wake_reaches_the_broker_after_commit(transactional_db, broker):
    work._bell.cache_clear()
    with Connection(broker) as connection, connection.SimpleQueue("wake") as queue:
        db.in_transaction(lambda: work.wake("score"))
        message = queue.get(timeout=5)
        message.ack()

    assert message.headers["task"] == "look"
    assert message.payload[0] == ["score"]


def test_wake_is_not_sent_when_the_transaction_is_undone(transactional_db, broker):
    def undone() -> None:
        work.wake("score")
        raise LookupError

    with pytest.raises(LookupError):
        db.in_transaction(undone)

    with Connection(broker) as connection, connection.SimpleQueue("wake") as queue, pytest.raises(queue.Empty):
        queue.get_nowait()


def test_getting_ready_needs_no_broker(transactional_db, settings):
    settings.BROKER_URL = "redis+socket:///nowhere/valkey.sock"
    work._bell.cache_clear()

    work.get_ready()

    assert work._bell().app.finalized
    assert work._bell().silent_until == 0
    work._bell.cache_clear()


def test_wake_without_a_broker_is_silent(transactional_db, settings):
    settings.BROKER_URL = "redis+socket:///nowhere/valkey.sock"
    work._bell.cache_clear()

    work.wake("score")

    assert work._bell().silent_until > 0
    work._bell.cache_clear()


def test_crashpoint_kills_only_where_it_is_named():
    code = "from tscore.core.crashpoints import crashpoint; crashpoint('here'); print('alive')"

    killed, alive = (
        subprocess.run([sys.executable, "-c", code], env={"CRASH_AT": at}, capture_output=True, timeout=30, check=False)
        for at in ("here", "there")
    )

    assert killed.returncode == -9
    assert alive.stdout == b"alive\n"
