"""What holds for every way in: the same items make the same rows, whoever carries them and however often."""

import json
from collections import Counter
from typing import Any

from signals.models import DeadLetter, Entity, Event, Involvement, Link
from tests.signals.api.items import login
from tscore.core import crypto


def line(number: int = 1, **members: Any) -> bytes:
    return json.dumps(login(number, **members)).encode()


def observed(hour: int) -> str:
    return f"2026-03-01T{hour}:00:00Z"


def events() -> list[tuple[str, str, int, bool]]:
    """Return id, account, hour of knowledge, and whether it waits to be scored, of every stored revision."""
    rows = Event.objects.select_related("entity").order_by("external_id", "observed_at")
    return [(e.external_id, e.entity.external_id, e.observed_at.hour, e.scored_at is None) for e in rows]


def refused() -> Counter[tuple[str, str]]:
    return Counter(DeadLetter.objects.values_list("external_id", "code"))


def test_good_items_are_stored_beside_bad_ones_and_the_bad_ones_kept(sender):
    bad = [
        b"not json at all",
        b'{"id": "open", ',
        b"17",
        line(7, type="login.faild"),
        line(8, data={"acount": "a-17"}),
        line(9, time="yesterday"),
        line(10, source="somebody-else") if not is_file(sender) else line(10, source=7),
        b'"' + b"x" * 70_000 + b'"',
        b'{"id": "evt-12", "id": "evt-12"}',
    ]

    sender.send(line(1), *bad, line(2, data={"account": "b"}))

    assert events() == [("evt-1", "a-17", 10, True), ("evt-2", "b", 10, True)]
    assert sum(refused().values()) == len(bad)
    assert {("evt-7", "unknown_kind"), ("evt-8", "unknown_field"), ("evt-9", "bad_time")} <= set(refused())
    assert {code for _, code in refused()} >= {"malformed_json", "not_an_object", "item_too_large"}


def is_file(sender: Any) -> bool:
    """A file may speak for several sources: whoever runs the command may read and write everything anyway."""
    return type(sender).__name__ == "File"


def test_refused_item_is_kept_with_its_reason_and_can_be_read_again(sender):
    sender.send(line(8, data={"acount": "a-17"}))

    letter = DeadLetter.objects.get()
    body = json.loads(crypto.open_erasable(letter.body_key, letter.body) or "")
    assert (letter.source.name, letter.stream, letter.pointer) == ("shop-eu", "events", "/data/acount")
    assert "Did you mean account?" in letter.detail
    assert body == login(8, data={"acount": "a-17"})


def test_duplicates_change_nothing(sender):
    sender.send(line(1), line(1), line(2))
    sender.send(line(2), line(1))

    assert [row[0] for row in events()] == ["evt-1", "evt-2"]
    assert Involvement.objects.count() == 6
    assert set(Link.objects.values_list("count", flat=True)) == {2}
    assert refused() == Counter()


def test_later_knowledge_supersedes_and_earlier_knowledge_is_stale(sender):
    sender.send(line(1, recordedtime=observed(12)))
    sender.send(line(1, recordedtime=observed(14), data={"account": "b"}))
    sender.send(line(1, recordedtime=observed(13), data={"account": "c"}))

    assert events() == [("evt-1", "a-17", 12, True), ("evt-1", "c", 13, False), ("evt-1", "b", 14, True)]
    current = Involvement.objects.filter(superseded_at=None, role="account")
    assert [part.entity.external_id for part in current] == ["b"]


def test_other_content_under_a_known_revision_is_a_conflict(sender):
    sender.send(line(1), line(1, data={"account": "b"}))

    assert events() == [("evt-1", "a-17", 10, True)]
    assert refused() == Counter({("evt-1", "id_conflict"): 1})


def test_same_items_three_times_at_once_are_stored_once(sender):
    items = [line(number, data={"account": f"a-{number % 7}", "context": {"device": "d"}}) for number in range(60)]
    newer = [line(number, recordedtime=observed(12), data={"account": "z"}) for number in range(0, 60, 20)]

    sender.send_three_times_at_once(*items, *newer, *items[:6])

    assert len(events()) == 63
    assert Entity.objects.filter(kind="account").count() == 8
    assert sum(Link.objects.filter(kind="device").values_list("count", flat=True)) == 60
    assert refused() == Counter()


def test_items_stored_by_a_process_that_died_before_it_said_so_are_stored_once(sender):
    items = [line(number, data={"account": f"a-{number}", "context": {"device": "d"}}) for number in range(20)]

    code = sender.send_and_die(*items)

    assert code == -9
    assert len(events()) == 20
    assert sum(Link.objects.filter(kind="device").values_list("count", flat=True)) == 20
