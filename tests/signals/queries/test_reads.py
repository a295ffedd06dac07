"""Look-up by anything, personal values, time lines, texts."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from signals import queries
from signals.models import Entity, Event
from signals.services import ingest

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def store(*items: dict[str, Any]) -> None:
    batch = [json.dumps({"time": "2026-03-01T10:00:00Z"} | item).encode() for item in items]
    answer = ingest.ingest(source="shop", items=batch, received_at=NOW)
    assert answer.counts["refused"] == 0


ACCOUNT = {
    "id": "e1",
    "type": "account.created",
    "data": {
        "account": "a-17",
        "email": "Bob@Mail.Example",
        "phone": "+49 30 901820",
        "address": "1 Long Street, Town",
        "context": {"device": "d-9", "ip": "192.0.2.4"},
    },
}


@pytest.mark.parametrize(
    ("typed", "kinds"),
    [
        ("a-17", ["account"]),
        ("d-9", ["device"]),
        (" bob@mail.example ", ["email"]),
        ("+4930901820", ["phone"]),
        ("0049 30 901820", ["phone"]),
        ("192.0.2.4", ["ip"]),
        ("1 long street town", ["address"]),
        ("mail.example", ["domain"]),
        ("e1", ["account"]),
        ("nobody", []),
        ("", []),
        ("x" * 501, []),
        ("\x00", []),
    ],
)
def test_find_entities_by_anything(typed, kinds):
    store(ACCOUNT)

    found = queries.find_entities(typed)

    assert [entity.kind for entity in found] == kinds


def test_find_entities_by_reference_and_token():
    store(ACCOUNT)
    email = Entity.objects.get(kind="email")

    assert queries.find_entities(email.ref) == [email]
    assert queries.find_entities(email.external_id) == [email]


def test_personal_values_come_back_normalised_and_only_for_personal_kinds():
    store(ACCOUNT)

    found = queries.personal(Entity.objects.values_list("pk", flat=True))

    kinds = dict(Entity.objects.values_list("pk", "kind"))
    assert {kinds[pk]: value for pk, value in found.items()} == {
        "email": "bob@mail.example",
        "phone": "+4930901820",
        "ip": "192.0.2.4",
        "address": "1 long st town",
    }


def test_timeline_shows_current_revisions_newest_first_in_pages():
    login = {"type": "login.failed", "data": {"account": "a-17"}}
    store(
        {**login, "id": "l1", "time": "2026-03-01T08:00:00Z"},
        {**login, "id": "l2", "time": "2026-03-01T09:00:00Z"},
        {**login, "id": "l2", "time": "2026-03-01T09:00:00Z", "recordedtime": "2026-03-01T09:30:00Z"},
        {**login, "id": "l3", "time": "2026-03-01T09:00:00Z"},
    )
    account = Entity.objects.get(kind="account")

    first = queries.timeline(account, limit=2)
    rest = queries.timeline(account, before=first[-1], limit=2)

    assert [event.external_id for event in first + rest] == ["l3", "l2", "l1"]
    assert first[1].observed_at == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def test_texts_come_by_event_and_member():
    store({"id": "m", "type": "message.sent", "data": {"message": "m1", "sender": "a", "text": "hello"}})
    event = Event.objects.get()

    assert queries.texts([event.pk]) == {(event.pk, "text"): "hello"}
