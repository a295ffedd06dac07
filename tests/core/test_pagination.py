from datetime import timedelta

import pytest

from tscore.core.models import Alarm
from tscore.core.pagination import BadCursor, Keyset

BY_SEVERITY = Keyset(order=("-severity", "since", "id"), size=2)


@pytest.fixture
def alarms(db, now):
    for number, (severity, minutes) in enumerate([("b", 2), ("a", 1), ("c", 3), ("b", 1), ("b", 1)]):
        since = now + timedelta(minutes=minutes)
        Alarm.objects.create(key=str(number), severity=severity, since=since, last_seen_at=since, detail="")


def keys(page):
    return [alarm.key for alarm in page.items]


def test_pages_follow_each_other_without_gap_or_double(alarms):
    first = BY_SEVERITY.page(Alarm.objects.all())
    second = BY_SEVERITY.page(Alarm.objects.all(), first.next_cursor)
    third = BY_SEVERITY.page(Alarm.objects.all(), second.next_cursor)

    assert [keys(first), keys(second), keys(third)] == [["2", "3"], ["4", "0"], ["1"]]
    assert (first.previous_cursor, third.next_cursor) == (None, None)


def test_pages_lead_back(alarms):
    first = BY_SEVERITY.page(Alarm.objects.all())
    second = BY_SEVERITY.page(Alarm.objects.all(), first.next_cursor)
    third = BY_SEVERITY.page(Alarm.objects.all(), second.next_cursor)

    back = BY_SEVERITY.page(Alarm.objects.all(), third.previous_cursor)
    start = BY_SEVERITY.page(Alarm.objects.all(), back.previous_cursor)

    assert [keys(back), keys(start)] == [keys(second), keys(first)]
    assert start.previous_cursor is None
    assert keys(BY_SEVERITY.page(Alarm.objects.all(), start.next_cursor)) == keys(second)


def test_page_does_not_skip_when_earlier_rows_go(alarms):
    first = BY_SEVERITY.page(Alarm.objects.all())
    Alarm.objects.filter(key__in=["2", "3"]).delete()

    assert keys(BY_SEVERITY.page(Alarm.objects.all(), first.next_cursor)) == ["4", "0"]


def test_page_of_nothing_is_empty(db):
    page = BY_SEVERITY.page(Alarm.objects.none())

    assert (page.items, page.next_cursor, page.previous_cursor) == ([], None, None)


@pytest.mark.parametrize("cursor", ["", "nonsense", "WzAsMV0:1abc:xyz"])
def test_damaged_cursor_is_refused(alarms, cursor):
    if not cursor:
        assert keys(BY_SEVERITY.page(Alarm.objects.all(), cursor)) == ["2", "3"]
        return
    with pytest.raises(BadCursor):
        BY_SEVERITY.page(Alarm.objects.all(), cursor)


def test_cursor_of_another_order_is_refused(alarms):
    first = BY_SEVERITY.page(Alarm.objects.all())

    with pytest.raises(BadCursor):
        Keyset(order=("since", "id"), size=2).page(Alarm.objects.all(), first.next_cursor)
