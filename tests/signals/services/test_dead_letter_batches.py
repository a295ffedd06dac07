"""Refused items are sent in again by filter, in the background, each of them once."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from signals.models import DeadLetter, DeadLetterReplay, Event
from signals.services import dead_letter_batches as batches
from signals.services import dead_letter_repair, ingest
from signals.services.dead_letter_batches import Filter
from tests.factories import NOON, after
from tests.signals.services.test_dead_letter_bounds import tally
from tscore.core import work
from tscore.core.models import AuditEvent

pytestmark = pytest.mark.django_db


def refuse_signals(count: int, *, at=NOON) -> None:
    """Send signals of events that are not held yet."""
    from signals.services.signals.intake import ingest_signals

    items = [json.dumps(signal(place)).encode() for place in range(count)]
    ingest_signals(source="shop", items=items, received_at=at)


def signal(place: int) -> dict:
    data = {
        "detector": "theirs",
        "detector_version": "1",
        "entity": {"kind": "account", "id": "a"},
        "abuse_type": "account_takeover",
        "score": 0.9,
        "reasons": [{"code": "odd", "sentence": "Odd.", "value": 1, "usual": None, "base_rate": None}],
        "events": [{"source": "shop", "id": f"e{place}"}],
    }
    return {"id": f"s{place}", "type": "signal.raised", "time": "2026-03-01T10:00:00Z", "data": data}


def send_events(count: int) -> None:
    items = [
        json.dumps(
            {"id": f"e{place}", "type": "login.failed", "time": "2026-03-01T10:00:00Z", "data": {"account": "a"}}
        ).encode()
        for place in range(count)
    ]
    ingest.ingest(source="shop", items=items, received_at=NOON)


def run(*, limit: int = 100, at=NOON) -> list[int]:
    handled = []
    while done := batches.replay_asked(limit=limit, now=at):
        handled.append(done)
    return handled


def test_what_fits_is_sent_in_again_in_batches(analyst):
    refuse_signals(3)
    send_events(3)
    job = batches.ask(wanted=Filter(code="unknown_event"), actor=analyst, now=NOON)

    handled = run(limit=2)

    job.refresh_from_db()
    assert (handled, job.total, job.stored, job.refused, job.finished_at) == ([2, 1, 1], 3, 3, 0, NOON)
    assert list(DeadLetter.objects.values_list("state", flat=True)) == ["replayed"] * 3
    assert AuditEvent.objects.filter(verb="dead_letter.replayed", actor=analyst).count() == 3
    tally()


def test_poison_goes_back_with_its_new_reason_and_is_tried_once_a_wish(analyst):
    refuse_signals(2)
    send_events(1)
    DeadLetter.objects.update(code="old_reason", detail="Old.")
    from signals.models import DeadLetterTally

    DeadLetterTally.objects.update(code="old_reason")
    job = batches.ask(wanted=Filter(), actor=analyst, now=NOON)

    run(limit=1)

    job.refresh_from_db()
    left = DeadLetter.objects.get(state="open")
    assert (job.stored, job.refused) == (1, 1)
    assert (left.code, left.pointer, left.attempts, left.leased_until) == ("unknown_event", "/data/events/0", 1, None)
    assert tally() == [("old_reason", 1, 0, 0), ("unknown_event", 1, 0, 0)]
    assert AuditEvent.objects.filter(verb="dead_letter.refused_again").count() == 1


@pytest.mark.parametrize(
    ("wanted", "total"),
    [
        (Filter(), 3),
        (Filter(kind="signal.raised"), 2),
        (Filter(kind="login.failed"), 1),
        (Filter(since=after(4)), 1),
        (Filter(until=after(4)), 2),
    ],
)
def test_filter_narrows_by_kind_and_time(analyst, wanted, total):
    refuse_signals(2)
    ingest.ingest(source="shop", items=[b'{"id": "x", "type": "login.failed", "data": {}}'], received_at=after(5))

    assert batches.ask(wanted=wanted, actor=analyst, now=after(6)).total == total


def test_nothing_that_fits_is_nothing_to_ask_for(analyst):
    with pytest.raises(batches.NothingFits):
        batches.ask(wanted=Filter(code="bad_time"), actor=analyst, now=NOON)


def test_letters_that_come_later_are_not_meant(analyst):
    refuse_signals(1)
    batches.ask(wanted=Filter(), actor=analyst, now=NOON)
    ingest.ingest(source="shop", items=[b'{"id": "x", "type": "login.failed", "data": {}}'], received_at=after(1))

    assert run() == [1, 1]


def test_a_letter_that_somebody_sends_at_this_moment_is_passed_over(analyst):
    refuse_signals(2)
    send_events(2)
    [held] = work.lease(DeadLetter.objects.order_by("pk"), limit=1)
    batches.ask(wanted=Filter(), actor=analyst, now=NOON)

    run()

    assert DeadLetter.objects.get(state="open") == held
    with pytest.raises(dead_letter_repair.BeingSent):
        dead_letter_repair.replay(dead_letter_id=held.pk, actor=analyst, body=None, now=NOON)
    with pytest.raises(dead_letter_repair.BeingSent):
        dead_letter_repair.dismiss(dead_letter_id=held.pk, reason="test", actor=analyst, now=NOON)


def test_a_crash_after_storing_stores_nothing_twice(analyst):
    ingest.ingest(source="shop", items=[b'{"id": "x", "type": "login.failed", "data": {}}'], received_at=NOON)
    letter = DeadLetter.objects.get()
    body = '{"id": "x", "type": "login.failed", "time": "2026-03-01T10:00:00Z", "data": {"account": "a"}}'
    ingest.ingest(source="shop", items=[body.encode()], received_at=NOON)  # as if the letter had not been settled

    line = dead_letter_repair.replay(dead_letter_id=letter.pk, actor=analyst, body=body, now=NOON)

    assert (line.status, Event.objects.count(), DeadLetter.objects.get().state) == ("duplicate", 1, "replayed")
    assert dead_letter_repair.replay(dead_letter_id=letter.pk, actor=analyst, body=body, now=NOON) is None


def test_trying_out_stores_nothing(analyst):
    ingest.ingest(source="shop", items=[b'{"id": "x", "type": "login.failed", "data": {}}'], received_at=NOON)
    letter = DeadLetter.objects.get()
    body = '{"id": "x", "type": "login.failed", "time": "2026-03-01T10:00:00Z", "data": {"account": "a"}}'

    lines = [dead_letter_repair.try_out(dead_letter_id=letter.pk, body=text, now=NOON) for text in (body, "{}")]

    assert [line.status for line in lines] == ["new", "refused"]
    assert (Event.objects.count(), DeadLetter.objects.get().attempts) == (0, 0)


def test_a_batch_takes_as_many_statements_for_three_as_for_one(analyst):
    found = []
    refuse_signals(9)
    send_events(9)
    for limit in (1, 1, 1, 3, 3):  # the first one loads what a process reads once; any, what it reads anew
        if not DeadLetterReplay.objects.exists():
            batches.ask(wanted=Filter(), actor=analyst, now=NOON)
        with CaptureQueriesContext(connection) as captured:
            batches.replay_asked(limit=limit, now=NOON)
        found.append(len(captured))

    assert min(found[3:]) == min(found[:3])
