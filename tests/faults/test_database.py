"""The database goes away in the middle of a batch, or does not say whether it committed: nothing is lost or doubled."""

import json
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connections
from django.test import Client

from cases.models import Decision
from signals.models import Entity, Event, Signal
from signals.services.intake import write
from tests.cases import build
from tests.database import superuser
from tests.faults.events import accept_spraying
from tests.faults.proxy import door
from tests.faults.test_answers import decision_form
from tscore import pipeline
from tscore.core.db import rows


@pytest.fixture
def way(transactional_db, services):
    """Lead this thread's connection through a door that can lose answers."""
    line = connections["default"]
    with tempfile.TemporaryDirectory(prefix="door-") as folder, door(Path(folder), services.run_dir) as opened:
        line.close()
        before, line.settings_dict["HOST"] = line.settings_dict["HOST"], folder
        yield opened
        line.close()
        line.settings_dict["HOST"] = before


def batch(count=20):
    return [
        {"id": f"evt-{n}", "type": "login.failed", "time": "2026-03-01T10:00:00Z", "data": {"account": f"a-{n % 7}"}}
        for n in range(count)
    ]


def send(token, items):
    headers = {"Authorization": f"Bearer {token}"}
    return Client().post("/api/v1/events", json.dumps(items), content_type="application/json", headers=headers)


def test_sender_whose_commit_was_not_heard_of_is_told_to_ask_again_and_gets_the_truth(way, events_token):
    send(events_token, batch(1))
    way.lose = 1

    unheard = send(events_token, batch())
    again = send(events_token, batch())

    assert way.lost == 1
    assert (unheard.status_code, unheard["Retry-After"]) == (503, "2")
    assert (again.status_code, again.json()["counts"]["duplicate"]) == (200, 20)
    assert Event.objects.count() == 20


def test_reviewer_whose_commit_was_not_heard_of_gets_the_answer_of_the_same_form(way, ada, sign_in):
    held, client = build.held_case(ada, "a-1"), sign_in(ada)
    address, sent = f"/cases/{held.ref}/decision/", {**decision_form(held), "then": "stay"}
    client.get(f"/cases/{held.ref}/")
    way.lose = 1

    unheard = client.post(address, sent)
    again = client.post(address, sent)

    assert (way.lost, unheard.status_code) == (1, 503)
    assert (again.status_code, again["Location"]) == (303, f"/cases/{held.ref}/?decided={Decision.objects.get().pk}")


def test_scorer_whose_commit_was_not_heard_of_scores_nothing_twice(way, settings):
    accepted = accept_spraying(at=datetime.now(UTC))
    way.lose = 2  # of the lease, then of what was found
    for _ in range(3):
        try:
            pipeline.run_stage("score", clock=lambda: datetime.now(UTC))
        except Exception:
            rows("UPDATE signals_event SET leased_until = NULL WHERE scored_at IS NULL")

    found = list(Signal.objects.values_list("detector", "entity", "dedupe_key"))
    assert way.lost == 2
    assert Event.objects.exclude(scored_at=None).count() == len(accepted)
    assert len(found) == len(set(found)) > 0


def test_batch_goes_on_when_its_connection_is_ended_in_the_middle(
    transactional_db, services, events_token, monkeypatch
):
    stored, runs = write.store, []

    def end_the_first(**terms):
        stored(**terms)
        runs.append(1)
        if len(runs) == 1:
            [(backend,)] = rows("SELECT pg_backend_pid()")
            with superuser(services) as admin:
                admin.execute("SELECT pg_terminate_backend(%s)", [backend])
            rows("SELECT 1")

    monkeypatch.setattr(write, "store", end_the_first)

    answer = send(events_token, batch())

    assert (answer.status_code, answer.json()["counts"]["new"], len(runs)) == (200, 20, 2)
    assert set(Counter(Event.objects.values_list("external_id", flat=True)).values()) == {1}
    assert Entity.objects.filter(kind="account").count() == 7
