"""Labels over HTTP: recorded once, refused by themselves."""

import json
from typing import Any

import pytest
from django.test import Client

from signals.models import DeadLetter, Label
from tests.signals.api.items import login

pytestmark = pytest.mark.django_db


def statement(number: int = 1, **members: Any) -> dict[str, Any]:
    """Return a label about the account of the documentation's event; a member set to ... is left out."""
    item = {
        "id": f"lab-{number}",
        "entity": {"kind": "account", "id": "a-17"},
        "event": {"source": "shop-eu", "id": "evt-1"},
        "abuse_type": "account_takeover",
        "verdict": "bad",
        "class": "ato.confirmed",
        "source": "chargeback",
        "actor": "bank",
        "occurred_at": "2026-03-01T10:00:00Z",
        "known_at": "2026-03-08T10:00:00Z",
    } | members
    return {name: value for name, value in item.items() if value is not ...}


@pytest.fixture
def record(send, make_token):
    """Return a sender of labels; the documentation's event is held already."""
    send(login(1))
    token = make_token("labels:write")

    def post(items: Any, query: str = "") -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        body = json.dumps(items)
        return Client().post("/api/v1/labels" + query, body, content_type="application/json", headers=headers)

    return post


def test_label_is_recorded_once(record):
    first, again = record(statement()), record([statement(), statement()])

    label = Label.objects.get()
    assert first.json()["items"][0]["status"] == "new"
    assert [item["status"] for item in again.json()["items"]] == ["duplicate", "duplicate"]
    assert (label.entity.external_id, label.event.external_id, label.label_class) == ("a-17", "evt-1", "ato.confirmed")
    assert (label.origin, label.lane, label.inclusion_probability) == ("key:shop-eu", "detection", None)


def test_label_may_supersede_an_earlier_one(record):
    record(statement(1))

    answer = record(statement(2, verdict="good", supersedes="lab-1", **{"class": "legit"}))

    assert answer.json()["counts"]["new"] == 1
    assert Label.objects.get(external_id="lab-2").supersedes.external_id == "lab-1"


REFUSED = {
    "class_of_another_verdict": ({"verdict": "good"}, "class_mismatch", "/0/class"),
    "unknown_class": ({"class": "rude"}, "bad_value", "/0/class"),
    "unknown_event": ({"event": {"source": "shop-eu", "id": "evt-9"}}, "unknown_event", "/0/event"),
    "unknown_abuse_type": ({"abuse_type": "rudeness"}, "unknown_abuse_type", "/0/abuse_type"),
    "unknown_superseded": ({"supersedes": "lab-9"}, "unknown_label", "/0/supersedes"),
    "unknown_member": ({"classs": "x"}, "unknown_field", "/0/classs"),
    "no_knowledge_time": ({"known_at": ...}, "missing_field", "/0/known_at"),
    "time_without_offset": ({"known_at": "2026-03-08T10:00:00"}, "bad_time", "/0/known_at"),
    "probability_of_zero": ({"inclusion_probability": 0}, "bad_value", "/0/inclusion_probability"),
    "origin_of_decisions": ({"origin": "decision:7"}, "bad_value", "/0/origin"),
}


@pytest.mark.parametrize(("members", "code", "pointer"), REFUSED.values(), ids=REFUSED)
def test_bad_label_is_refused_by_itself(record, members, code, pointer):
    answer = record([statement(1, **members), statement(2)])

    items = answer.json()["items"]
    assert [item["status"] for item in items] == ["refused", "new"]
    assert (items[0]["error"]["code"], items[0]["error"]["pointer"]) == (code, pointer)
    assert (DeadLetter.objects.get().stream, Label.objects.count()) == ("labels", 1)


def test_other_statement_under_the_same_id_is_a_conflict(record):
    record(statement())

    answer = record([statement(actor="police"), statement(2), statement(2, actor="police")])

    assert [item["status"] for item in answer.json()["items"]] == ["refused", "new", "refused"]


def test_dry_run_records_nothing(record):
    assert record(statement(), "?dry_run=1").json()["counts"]["new"] == 1
    assert Label.objects.count() == 0
