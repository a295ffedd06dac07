"""Each term of a filter lets through the rows it names, and looks at no more than it may."""

import pytest

from cases.filter_text import NAMES, WORD, parse
from cases.models import Case
from cases.queries import filters, lists
from cases.services import notes
from signals.models import Label
from tests.cases import build
from tests.factories import NOON, after


@pytest.fixture
def three(ada, queue_a):
    """Three cases: `old` is high, late and legitimate before; `held` is critical and Ada's; `noted` low with a note."""
    old = build.case("old", at=after(-120), sentence="A payout to a new account.")
    held = build.held_case(ada, "held", severity="critical")
    noted = build.case("noted", severity="low")
    notes.add(case_id=noted.pk, actor=ada, text="Seen before.", now=NOON)
    Case.objects.filter(pk=old.pk).update(stake_minor=60_000, due_at=after(-60))
    Case.objects.filter(pk__in=[held.pk, noted.pk]).update(stake_minor=1_000, due_at=after(90))
    Label.objects.create(
        external_id="l-1", entity=old.entity, abuse_type_id="account_takeover", verdict="good",
        label_class="legit", source="import", actor="test", origin="test",
        occurred_at=NOON, known_at=NOON, recorded_at=NOON,
    )  # fmt: skip


def found(user, text, **more):
    """Return which of the cases a filter lets through, by name."""
    queue = Case.objects.all()[0].queue
    asked = parse(text)
    assert not asked.mistakes
    page = lists.case_list(queues=[queue], asked=asked, user=user, now=NOON, **more)
    return sorted(row.subject.text for row in page.rows)


WANTED = {
    "": ["held", "noted", "old"],
    "severity:>=high": ["held", "old"],
    "severity:low,critical": ["held", "noted"],
    "-severity:low": ["held", "old"],
    "state:free": ["noted", "old"],
    "state:review": ["held"],
    "state:open": ["held", "noted", "old"],
    "age:>1h": ["old"],
    "age:<1h": ["held", "noted"],
    "due:<2h": ["held", "noted", "old"],
    "due:<1h": ["old"],
    "is:late": ["old"],
    "is:risk": ["old"],
    "-is:late": ["held", "noted"],
    "is:escalated": [],
    "is:ring": [],
    "stake:>500": ["old"],
    "stake:<=10": ["held", "noted"],
    "label:legit": ["old"],
    "-label:legit": ["held", "noted"],
    "label:ato": [],
    "assignee:me": ["held"],
    "assignee:none": ["noted", "old"],
    "subject:en_account_old": ["old"],
    "-subject:en_account_old": ["held", "noted"],
    "kind:account": ["held", "noted", "old"],
    "kind:listing": [],
    "has:note": ["noted"],
    "-has:note": ["held", "old"],
    "payout": ["old"],
    '"new account"': ["old"],
    "-payout": ["held", "noted"],
    "severity:>=high state:free stake:>500": ["old"],
}


def test_each_term_lets_through_the_rows_it_names(three, ada):
    assert {text: found(ada, text) for text in WANTED} == WANTED


def test_a_colleague_is_named_by_pseudonym(three, ada):
    assert found(ada, f"assignee:{ada.pseudonym}") == ["held"]


def test_sorted_by_severity_the_critical_stand_first(three, ada, queue_a):
    page = lists.case_list(queues=[queue_a], asked=parse("sort:severity"), user=ada, now=NOON)

    assert [row.severity for row in page.rows] == ["critical", "high", "low"]


def test_a_filter_looks_at_the_most_urgent_and_offers_the_next(ada, queue_a, monkeypatch):
    monkeypatch.setattr(lists, "LOOKED", 2)
    for number in range(5):
        build.case(f"a-{number}", score=0.5 + number / 10, severity="low" if number == 0 else "high")
    seen, cursor, looks = [], None, 0

    while looks < 9:
        page = lists.case_list(queues=[queue_a], asked=parse("severity:low"), user=ada, now=NOON, cursor=cursor)
        seen += [row.subject.text for row in page.rows]
        looks, cursor = looks + 1, page.further_cursor
        if cursor is None:
            break

    assert (seen, looks) == (["a-0"], 3)


def test_several_queues_are_one_list_in_the_order_of_the_claim(cleo, queue_a, queue_b):
    cases = [build.case(f"a-{number}", score=0.5 + number / 10) for number in range(3)]
    Case.objects.filter(pk=cases[1].pk).update(queue=queue_b)

    page = lists.case_list(queues=[queue_a, queue_b], asked=parse("is:risk,late state:open"), user=cleo, now=after(50))

    assert [row.subject.text for row in page.rows] == ["a-2", "a-1", "a-0"]


def test_every_term_of_the_grammar_has_a_meaning():
    assert set(filters._MEANINGS) == {*NAMES, WORD}
