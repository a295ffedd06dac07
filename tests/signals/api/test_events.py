"""Events over HTTP: statuses, answers, what is stored and what is not."""

import json

import pytest

from signals.models import DeadLetter, Event
from tests.signals.api.items import login

pytestmark = pytest.mark.django_db


def test_single_event_is_new_and_sent_again_a_duplicate(send):
    first, again = send(login()), send(login())

    ref = first.json()["items"][0]["ref"]
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == {
        "counts": {"new": 1, "duplicate": 0, "superseding": 0, "stale": 0, "refused": 0},
        "items": [{"index": 0, "id": "evt-1", "status": "new", "ref": ref, "flags": ["time_far_off"]}],
    }
    assert [again.json()["items"][0][name] for name in ("status", "ref")] == ["duplicate", ref]
    assert Event.objects.count() == 1


def test_one_bad_item_costs_no_other(send):
    answer = send([login(1), login(2, time=...), login(3)])

    assert answer.status_code == 207
    assert [item["status"] for item in answer.json()["items"]] == ["new", "refused", "new"]
    refused = answer.json()["items"][1]
    letter = DeadLetter.objects.get()
    assert refused["error"] == {
        "code": "missing_time",
        "pointer": "/1/time",
        "detail": "Give the time with an offset.",
    }
    assert (letter.code, letter.external_id, letter.stream) == ("missing_time", "evt-2", "events")


def test_dry_run_answers_and_stores_nothing(send):
    answer = send([login(1), login(2, time=...)], query="?dry_run=1")

    assert answer.status_code == 207
    assert answer.json()["counts"]["new"] == 1
    assert (Event.objects.count(), DeadLetter.objects.count()) == (0, 0)


def test_lines_are_items(send):
    body = json.dumps(login(1)).encode() + b'\n{"id":\n\n' + json.dumps(login(2)).encode()

    answer = send(body, "application/x-ndjson")

    assert [item["status"] for item in answer.json()["items"]] == ["new", "refused", "new"]
    assert answer.json()["items"][1]["error"]["code"] == "malformed_json"
