import pytest
from django.test import Client

from tscore import health
from tscore.core.db import rows


@pytest.fixture(autouse=True)
def forget_migrations(monkeypatch):
    monkeypatch.setattr(health._Migrations, "are_applied", False)


def test_healthz_asks_nobody(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = Client().get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_readyz_names_every_part_that_is_well(db, broker):
    answer = Client().get("/readyz")

    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert answer.json() == {
        "status": "ready",
        "parts": {"database": "ok", "broker": "ok", "migrations": "ok", "demo world": "ok"},
    }


def test_readyz_names_a_dead_broker(db, settings):
    settings.BROKER_URL = "redis+socket:///nowhere/valkey.sock"

    answer = Client().get("/readyz")

    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert answer.json()["parts"]["broker"] == "does not answer"


def test_readyz_names_missing_migrations(db, broker):
    rows("DELETE FROM django_migrations WHERE app = 'cases'")

    assert Client().get("/readyz").json()["parts"]["migrations"].endswith("migrations are missing")


def test_readyz_of_a_demo_waits_for_forty_cases(db, broker, settings, queue_a, now):
    settings.DEMO = True

    before = Client().get("/readyz")

    assert before.status_code == 503
    assert before.json()["parts"]["demo world"] == "0 of 40 cases are queued"
