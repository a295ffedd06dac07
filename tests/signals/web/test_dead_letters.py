"""Refused items on screen: listed, opened, repaired, put aside; never markup."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from signals.models import DeadLetter, Event
from signals.services import dead_letter_batches, ingest
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


def test_repair_is_tried_out_before_it_is_sent(now, analyst, sign_in):
    refuse(now)
    client = sign_in(analyst)
    address = f"/dead-letters/{ref(client.get('/dead-letters/'))}/trial/"
    good = {"id": "e0", "type": "login.failed", "time": "2026-03-01T10:00:00Z", "data": {"account": "a"}}
    bad = good | {"type": "<b>login</b>"}

    fine, refused = (client.post(address, {"body": json.dumps(body)}) for body in (good, bad))

    assert (fine.status_code, refused.status_code, Event.objects.count()) == (200, 200, 0)
    assert "It would be stored: <strong>new</strong>" in fine.content.decode()
    assert "There is no kind" in refused.content.decode()
    assert "<b>login</b>" not in refused.content.decode()
    assert "&quot;2026-03-01T10:00:00Z&quot;" in fine.content.decode()


def test_reasons_are_shown_with_what_the_sender_should_change(now, analyst, sign_in):
    client = sign_in(analyst)
    client.get("/dead-letters/")
    counts = []
    for size in (1, 3):
        for place in range(size):
            ingest.ingest(source=f"<i>{size}-{place}", items=[b'{"id": "x", "type": "nonsense"}'], received_at=now)
        refuse(now, size)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get("/dead-letters/")
        counts.append(len(captured))

    text = answer.content.decode()
    assert [(group.code, group.open) for group in answer.context["groups"]] == [("missing_time", 8)]
    assert "Give the time with an offset." in text
    assert "<i>3-" not in text
    assert counts[0] == counts[1]


def test_all_that_fits_is_asked_for_once_and_shown_with_its_progress(now, analyst, sign_in):
    refuse(now, 2)
    client = sign_in(analyst)
    key = client.get("/dead-letters/?code=missing_time").context["form_key"]

    answers = [
        client.post("/dead-letters/replays/", {"form_key": key, "code": "missing_time"}).status_code for _ in range(2)
    ]
    before = client.get("/dead-letters/").content.decode()
    while dead_letter_batches.replay_asked(limit=10, now=now):
        pass
    done = client.get("/dead-letters/")

    assert answers == [303, 303]
    assert "0 of 2" in before
    [job] = done.context["jobs"]
    assert (job.wanted, job.handled, job.refused, done.context["is_running"]) == ("missing_time", 2, 2, False)
    assert [row.attempts for row in done.context["found"].rows] == [1, 1]


def test_filter_that_cannot_be_read_narrows_nothing_and_never_fails(now, analyst, sign_in):
    refuse(now)
    client = sign_in(analyst)

    for query in ("source=x", "source=99999999999999999999", "code=%00", "kind=no", "since=yesterday", "until=%F0"):
        assert client.get(f"/dead-letters/?{query}").status_code == 200
    assert len(client.get("/dead-letters/?since=2030-01-01T00:00").context["found"].rows) == 0
    assert client.post("/dead-letters/replays/", {"form_key": "k", "since": "2030-01-01T00:00"}).status_code == 422


def test_people_without_the_right_send_nothing_in(now, ada, sign_in):
    refuse(now)
    word = "dl_0001"

    paths = ("replays/", f"{word}/trial/", f"{word}/replay/", f"{word}/dismissal/")

    assert [sign_in(ada).post(f"/dead-letters/{path}").status_code for path in paths] == [404] * 4
