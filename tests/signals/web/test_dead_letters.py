"""Refused items on screen: listed, opened, repaired, put aside; never markup."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from signals.models import DeadLetter, Event
from signals.services import ingest
from tscore.core.models import AuditEvent

pytestmark = pytest.mark.django_db


def refuse(now, count: int = 1, **data: Any) -> list[DeadLetter]:
    """Send items that lack their time."""
    items = [
        json.dumps({"id": f"e{place}", "type": "login.failed", "data": {"account": "a", **data}}).encode()
        for place in range(count)
    ]
    ingest.ingest(source="shop", items=items, received_at=now)
    return list(DeadLetter.objects.order_by("pk"))


def ref(answer) -> str:
    return answer.context["found"].rows[0].ref


def test_list_shows_what_was_refused_with_the_same_number_of_statements(now, analyst, sign_in):
    client = sign_in(analyst)
    client.get("/dead-letters/")
    counts = []
    for size in (1, 3):
        refuse(now, size)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get("/dead-letters/")
        counts.append(len(captured))

    assert answer.status_code == 200
    assert "Give the time with an offset." in answer.content.decode()
    assert len(answer.context["found"].rows) == 4
    assert counts[0] == counts[1]


def test_people_without_the_right_find_nothing(now, ada, mallory, sign_in):
    refuse(now)

    assert [sign_in(person).get("/dead-letters/").status_code for person in (ada, mallory)] == [404, 404]


def test_body_is_opened_on_request_only_and_written_down(now, analyst, sign_in):
    refuse(now, username_typed="<script>alert(1)</script>")
    client = sign_in(analyst)
    address = f"/dead-letters/{ref(client.get('/dead-letters/'))}/"

    closed, opened = client.get(address).content.decode(), client.post(address + "body/").content.decode()

    assert "alert(1)" not in closed
    assert "&lt;script&gt;alert(1)" in opened
    assert "<script>alert" not in opened
    assert list(AuditEvent.objects.values_list("verb", flat=True)) == ["dead_letter.opened"]


def test_repaired_item_is_stored_and_the_letter_settled(now, analyst, sign_in):
    refuse(now)
    client = sign_in(analyst)
    address = f"/dead-letters/{ref(client.get('/dead-letters/'))}/replay/"
    body = {"id": "e0", "type": "login.failed", "time": "2026-03-01T10:00:00Z", "data": {"account": "a"}}

    answers = [client.post(address, {"body": json.dumps(body)}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert (DeadLetter.objects.get().state, Event.objects.count()) == ("replayed", 1)
    assert list(AuditEvent.objects.values_list("verb", flat=True)) == ["dead_letter.replayed"]


def test_item_that_is_refused_again_leaves_no_second_letter(now, analyst, sign_in):
    refuse(now)
    client = sign_in(analyst)

    answer = client.post(f"/dead-letters/{ref(client.get('/dead-letters/'))}/replay/")

    assert answer.status_code == 422
    assert "refused again: Give the time with an offset." in answer.content.decode()
    assert list(DeadLetter.objects.values_list("state", flat=True)) == ["open"]


def test_item_is_put_aside(now, analyst, sign_in):
    refuse(now)
    client = sign_in(analyst)

    answer = client.post(f"/dead-letters/{ref(client.get('/dead-letters/'))}/dismissal/", {"reason": "test"})

    assert answer.status_code == 303
    assert list(DeadLetter.objects.values_list("state", flat=True)) == ["dismissed"]
    assert list(AuditEvent.objects.values_list("verb", "reason")) == [("dead_letter.dismissed", "test")]


@pytest.mark.parametrize("reason", ["", "because"])
def test_item_is_not_put_aside_without_a_reason(now, analyst, sign_in, reason):
    refuse(now)
    client = sign_in(analyst)

    answer = client.post(f"/dead-letters/{ref(client.get('/dead-letters/'))}/dismissal/", {"reason": reason})

    assert answer.status_code == 422
    assert list(DeadLetter.objects.values_list("state", flat=True)) == ["open"]


def test_erased_body_cannot_be_sent_again(now, analyst, sign_in):
    [letter] = refuse(now)
    letter.body_key.delete()
    client = sign_in(analyst)

    answer = client.post(f"/dead-letters/{ref(client.get('/dead-letters/'))}/replay/")

    assert answer.status_code == 422
