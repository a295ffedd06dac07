import threading

import pytest
from django.db import IntegrityError, connections, transaction

from tests.database import superuser
from tscore.core import db
from tscore.core.models import Alarm, FxRate


@db.transaction_required
def joined() -> str:
    return "joined"


@pytest.mark.django_db
def test_transaction_required_refuses_without_a_transaction():
    with pytest.raises(RuntimeError, match="joined must join a transaction"):
        joined()


@pytest.mark.django_db
def test_transaction_required_joins_a_transaction():
    with transaction.atomic():
        assert joined() == "joined"


@pytest.mark.django_db
def test_lock_refuses_without_a_transaction():
    with pytest.raises(db.NoTransaction):
        db.lock(FxRate.objects)


def test_in_transaction_stores_everything_or_nothing(transactional_db, now):
    def both() -> None:
        Alarm.objects.create(key="a", severity="low", since=now, last_seen_at=now, detail="")
        Alarm.objects.create(key="a", severity="low", since=now, last_seen_at=now, detail="")

    with pytest.raises(IntegrityError):
        db.in_transaction(both)

    assert Alarm.objects.count() == 0


def test_in_transaction_runs_again_after_a_deadlock(transactional_db):
    """Two transactions lock two rows crosswise: PostgreSQL ends one of them, which then starts again."""
    met, runs = threading.Barrier(2, timeout=10), []

    def crosswise(first: str, second: str) -> None:
        def change() -> None:
            runs.append(first)
            db.rows("UPDATE core_fxrate SET rate = rate + 1 WHERE currency = %s", [first])
            if len(runs) <= 2:
                met.wait()
            db.rows("UPDATE core_fxrate SET rate = rate + 1 WHERE currency = %s", [second])

        try:
            db.in_transaction(change)
        finally:
            connections.close_all()

    before = FxRate.objects.get(currency="USD").rate
    threads = [threading.Thread(target=crosswise, args=pair) for pair in (("USD", "GBP"), ("GBP", "USD"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(runs) == 3
    assert FxRate.objects.get(currency="USD").rate == before + 2


def test_in_transaction_gives_up_after_five_conflicts(transactional_db):
    runs = []

    def conflicted() -> None:
        runs.append(1)
        db.rows("DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = 'serialization_failure'; END $$")

    with pytest.raises(db.Contended):
        db.in_transaction(conflicted)

    assert len(runs) == 5


def test_in_transaction_runs_again_when_the_connection_was_lost_before_commit(transactional_db, services):
    runs = []

    def interrupted() -> str:
        runs.append(1)
        [(backend,)] = db.rows("SELECT pg_backend_pid()")
        if len(runs) == 1:
            with superuser(services) as admin:
                admin.execute("SELECT pg_terminate_backend(%s)", [backend])
        db.rows("SELECT 1")
        return "done"

    assert db.in_transaction(interrupted) == "done"
    assert len(runs) == 2


def test_in_transaction_says_so_when_the_outcome_of_a_commit_is_unknown(transactional_db, services):
    def cut() -> None:
        [(backend,)] = db.rows("SELECT pg_backend_pid()")
        with superuser(services) as admin:
            admin.execute("SELECT pg_terminate_backend(%s)", [backend])

    with pytest.raises(db.OutcomeUnknown):
        db.in_transaction(cut)


@pytest.mark.django_db
def test_rows_and_dicts_read_one_statement():
    assert db.rows("SELECT 1 AS one, %s::text AS two", ["b"]) == [(1, "b")]
    assert db.dicts("SELECT 1 AS one, %(two)s::text AS two", {"two": "b"}) == [{"one": 1, "two": "b"}]
    assert db.rows("SET LOCAL work_mem = '4MB'") == []


def test_array_is_read_back_by_the_database():
    given = [[3, -1], [], ["login.failed", 'say "a\\n\\\\b", {é}'], [None, 2]]

    kinds = ["bigint[]", "text[]", "text[]", "int[]"]
    found = [db.rows(f"SELECT %s::{kind}", [db.array(values)])[0][0] for values, kind in zip(given, kinds, strict=True)]

    assert found == given


@pytest.mark.parametrize("text", ["a\nb", "\\\t", "\x00"])
def test_array_refuses_what_json_writes_otherwise(text):
    with pytest.raises(ValueError, match="without control characters"):
        db.array([text])
