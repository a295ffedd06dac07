"""The overview of queues and the list of one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from cases.filter_text import parse
from cases.models import Case
from cases.queries import lists, mine, queues
from cases.services import leaving
from tests.cases import build
from tests.factories import NOON, after
from tscore.core.errors import Missing
from tscore.core.pagination import Keyset


def fresh(user):
    """Return the person as the next request would read them."""
    return type(user).objects.get(pk=user.pk)


def test_queue_page_lists_by_priority_with_the_words_a_reader_needs(ada, queue_a):
    build.case("a-1", score=0.5, sentence="Weak.")
    build.held_case(ada, "a-2", score=0.9, severity="critical", sentence="Strong.")

    page = queues.queue_page(user=ada, slug="ato", now=NOON)

    assert [(row.subject.text, row.headline, row.holder_name) for row in page.rows] == [
        ("a-2", "Strong.", "Ada"),
        ("a-1", "Weak.", ""),
    ]
    assert (page.open_count, page.capped, page.oldest_opened_at, page.next_cursor) == (2, False, NOON, None)
    assert page.severity_counts == {"info": 0, "low": 0, "medium": 0, "high": 1, "critical": 1}


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("severity:critical", ["a-2"]),
        ("state:queued", ["a-1"]),
        ("assignee:me", ["a-2"]),
        ("severity:low", []),
    ],
)
def test_queue_page_filters(ada, question, found):
    build.case("a-1")
    build.held_case(ada, "a-2", severity="critical")

    page = queues.queue_page(user=ada, slug="ato", now=NOON, asked=parse(question))

    assert [row.subject.text for row in page.rows] == found


def test_queue_page_turns_without_losing_or_doubling_rows(ada, monkeypatch):
    monkeypatch.setattr(lists, "ORDER", Keyset(order=lists.ORDER.order, size=2))
    for number in range(5):
        build.case(f"a-{number}", score=0.5 + number / 10)
    seen, cursor = [], None

    for _ in range(3):
        page = queues.queue_page(user=ada, slug="ato", now=NOON, cursor=cursor)
        seen += [row.subject.text for row in page.rows]
        cursor = page.next_cursor

    assert (seen, cursor) == (["a-4", "a-3", "a-2", "a-1", "a-0"], None)


@pytest.mark.parametrize(("minutes", "at_risk", "overdue"), [(44, False, False), (46, True, False), (61, True, True)])
def test_queue_page_says_what_runs_out_of_time(ada, minutes, at_risk, overdue):
    build.case()

    page = queues.queue_page(user=ada, slug="ato", now=after(minutes))

    assert (page.rows[0].is_at_risk, page.rows[0].is_overdue, page.at_risk_count) == (at_risk, overdue, int(at_risk))


def test_queue_page_does_not_exist_for_others(ben, mallory, queue_a):
    for person in (ben, mallory):
        with pytest.raises(Missing):
            queues.queue_page(user=person, slug="ato", now=NOON)


def test_queue_cards_show_only_ones_own_queues(ada, cleo, mallory):
    build.held_case(ada)

    assert [(card.slug, card.open_count, card.mine_count, card.may_lead) for card in cards(ada)] == [
        ("ato", 1, 1, False)
    ]
    assert [(card.slug, card.open_count, card.mine_count, card.may_lead) for card in cards(cleo)] == [
        ("ato", 1, 0, True),
        ("payments", 0, 0, True),
    ]
    assert cards(mallory) == []


def cards(person):
    return queues.queue_cards(user=person, now=NOON)


@pytest.mark.parametrize("rows", [1, 50])
def test_queue_page_costs_the_same_for_one_row_and_for_fifty(ada, rows):
    for number in range(rows):
        build.case(f"a-{number}")
    reader = fresh(ada)

    with CaptureQueriesContext(connection) as captured:
        page = queues.queue_page(user=reader, slug="ato", now=NOON)

    assert (len(page.rows), len(captured)) == (rows, 3)  # rights, rows, counts


def test_my_claims_leave_out_what_has_run_out(ada):
    build.held_case(ada, "a-1")
    lost = build.held_case(ada, "a-2")
    Case.objects.filter(pk=lost.pk).update(claim_until=Now() - timedelta(seconds=1))

    assert [row.subject.text for row in mine.my_claims(user=ada, now=NOON)] == ["a-1"]


def test_escalated_and_waiting_cases_say_so(ada):
    escalated = build.held_case(ada, "a-1")
    leaving.escalate(case_id=escalated.pk, actor=ada, now=NOON)

    page = queues.queue_page(user=ada, slug="ato", now=NOON)

    assert [(row.is_escalated, row.state) for row in page.rows] == [(True, "queued")]
