"""Dead letters are bounded, counted beside themselves, and kept for so long."""

import json
from datetime import timedelta

import pytest
from django.db.models import Sum

from signals.models import DeadLetter, DeadLetterTally
from signals.queries import dead_letters as reads
from signals.services import dead_letter_repair, dead_letter_retention, ingest
from tests.factories import NOON, after
from tscore.core.models import ErasableKey

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def few(settings) -> None:
    settings.DEAD_LETTERS_MOST_PER_SOURCE, settings.DEAD_LETTERS_MOST, settings.DEAD_LETTERS_SAMPLE = 4, 6, 1


def refuse(count: int, *, source="shop", at=NOON, first=0, **more):
    """Send items that lack their time, or whatever else is wrong with them."""
    items = [
        json.dumps({"id": f"e{first + place}", "type": "login.failed", "data": {"account": "a"}, **more}).encode()
        for place in range(count)
    ]
    return ingest.ingest(source=source, items=items, received_at=at)


def dismiss(letters, actor, at=NOON):
    for letter in letters:
        dead_letter_repair.dismiss(dead_letter_id=letter.pk, reason="test", actor=actor, now=at)


def tally():
    """Return what is counted, after holding it against the letters themselves."""
    counted = DeadLetterTally.objects.aggregate(letters=Sum("letters"), open=Sum("open"), bytes=Sum("bytes"))
    letters = list(DeadLetter.objects.all())
    assert counted == {
        "letters": len(letters),
        "open": sum(letter.state == "open" for letter in letters),
        "bytes": sum(len(letter.body) for letter in letters),
    }
    return list(DeadLetterTally.objects.order_by("source", "code").values_list("code", "letters", "unkept", "sampled"))


def test_letters_are_counted_by_reason():
    refuse(2)
    refuse(1, first=5, time="2026-03-01T10:00:00Z", type="login.faild")

    assert tally() == [("missing_time", 2, 0, 0), ("unknown_kind", 1, 0, 0)]


def test_what_is_beyond_the_bound_is_counted_and_a_sample_kept():
    answer = refuse(8)

    assert tally() == [("missing_time", 5, 3, 1)]
    assert [bool(line.dead_letter) for line in answer.items] == [True] * 5 + [False] * 3
    assert answer.counts["refused"] == 8


def test_a_new_reason_is_seen_although_all_is_full():
    refuse(8)

    refuse(3, first=10, time="2026-03-01T10:00:00Z", type="login.faild")

    assert tally() == [("missing_time", 5, 3, 1), ("unknown_kind", 1, 2, 1)]


def test_settled_letters_make_room_the_oldest_first(analyst):
    refuse(4)
    old = list(DeadLetter.objects.order_by("pk"))
    dismiss(old[1:3], analyst)

    refuse(2, first=10)

    assert tally() == [("missing_time", 4, 0, 0)]
    assert list(DeadLetter.objects.order_by("pk").values_list("external_id", flat=True)) == ["e0", "e3", "e10", "e11"]
    assert ErasableKey.objects.count() == 4


def test_all_senders_together_are_bounded_too():
    refuse(4, source="one")
    refuse(4, source="two")

    assert [(line[1], line[2]) for line in tally()] == [(4, 0), (3, 1)]


def test_bytes_are_bounded(settings):
    settings.DEAD_LETTERS_MOST_MB_PER_SOURCE = 1
    settings.DEAD_LETTERS_MOST_PER_SOURCE = settings.DEAD_LETTERS_MOST = 1000

    refuse(20, time="2026-03-01T10:00:00Z", data={"nonsense": "x" * 60_000})

    assert DeadLetterTally.objects.get().unkept == 2
    assert tally() == [("unknown_field", 18, 2, 1)]


def test_open_letters_grow_too_old_and_lose_their_bodies(settings):
    refuse(2)
    refuse(1, first=5, at=NOON + 10 * DAY)

    handled = dead_letter_retention.forget_old(limit=10, now=NOON + 31 * DAY)

    assert (handled, ErasableKey.objects.count()) == (2, 1)
    assert list(DeadLetter.objects.order_by("pk").values_list("state", "body_key")[:2]) == [("expired", None)] * 2
    assert [bytes(letter.body) for letter in DeadLetter.objects.filter(state="expired")] == [b"", b""]
    assert DeadLetterTally.objects.get().expired == 2
    tally()


def test_settled_letters_go_with_their_keys(analyst):
    refuse(3)
    dismiss(DeadLetter.objects.order_by("pk")[:2], analyst)
    before = dead_letter_retention.forget_old(limit=10, now=NOON + 29 * DAY)

    handled = dead_letter_retention.forget_old(limit=10, now=NOON + 31 * DAY)
    gone = dead_letter_retention.forget_old(limit=10, now=NOON + 62 * DAY)

    assert (before, handled, gone) == (0, 3, 1)
    assert (DeadLetter.objects.count(), ErasableKey.objects.count(), DeadLetterTally.objects.count()) == (0, 0, 0)


def test_groups_say_what_the_sender_should_change():
    refuse(2)
    refuse(1, source="other", first=5)
    refuse(1, first=7, time="2026-03-01T10:00:00Z", type="login.faild", at=after(1))

    groups = reads.groups()

    assert [(group.code, group.open, [line[1:] for line in group.sources]) for group in groups] == [
        ("missing_time", 3, [("shop", 2), ("other", 1)]),
        ("unknown_kind", 1, [("shop", 1)]),
    ]
    assert groups[0].advice == "Give the time with an offset."
