"""Many correlators meet the same entities."""

from collections import Counter

from cases.models import Case, CaseSignal
from cases.services import correlation, folding
from signals.models import Signal
from tests import factories
from tests.cases import build
from tests.factories import NOON
from tests.races.threads import side_by_side

CORRELATORS, ENTITIES, SIGNALS = 8, 25, 400


def correlate_all(_number: int) -> int:
    handled = 0
    while found := correlation.correlate_pending(limit=20, now=NOON):
        handled += found
    return handled


def test_eight_correlators_on_the_same_entities_leave_one_open_case_each(transactional_db):
    for number in range(SIGNALS):
        build.signal(factories.entity("account", f"a-{number * 7 % ENTITIES}"))

    handled = side_by_side(correlate_all, threads=CORRELATORS)

    assert sum(handled) >= SIGNALS  # one that somebody else opens a case for at this moment is taken again
    assert set(Counter(Case.objects.values_list("entity_id", flat=True)).values()) == {1}
    assert (Case.objects.count(), CaseSignal.objects.count()) == (ENTITIES, SIGNALS)
    assert list(Signal.objects.filter(routed_at=None)) == []


def test_cases_that_close_while_signals_arrive_get_one_successor(transactional_db):
    accounts = [factories.entity("account", f"a-{number}") for number in range(ENTITIES)]
    for account in accounts:
        build.signal(account)
    correlation.correlate_pending(limit=ENTITIES, now=NOON)
    for number in range(SIGNALS // 4):
        build.signal(accounts[number % ENTITIES])

    def close_or_correlate(number: int) -> int:
        if number:
            return correlate_all(number)
        return sum(
            Case.objects.filter(entity=account).exclude(state="closed").update(state="closed", closed_at=NOON)
            for account in accounts
        )

    side_by_side(close_or_correlate, threads=CORRELATORS)
    correlate_all(0)

    open_cases = Case.objects.exclude(state="closed")
    assert set(Counter(open_cases.values_list("entity_id", flat=True)).values()) <= {1}
    assert CaseSignal.objects.count() == ENTITIES + SIGNALS // 4
    assert [case.pk for case in open_cases if case.follows is None or case.follows.entity_id != case.entity_id] == []


def test_case_that_opens_between_locks_and_writing_is_not_waited_for(transactional_db, monkeypatch):
    account = factories.entity("account", "a-1")
    first, second = build.signal(account), build.signal(account)
    prepared, overtakers, others = folding.db.prepared, [second], []

    def overtaken(sql, terms):
        rows = prepared(sql, terms)
        if sql is folding._LOCK and overtakers:
            other = overtakers.pop()
            others.extend(side_by_side(lambda _: at_once(other), threads=1))
        return rows

    monkeypatch.setattr(folding.db, "prepared", overtaken)
    mine = at_once(first)

    case = Case.objects.get()
    assert (others, mine) == ([{second.pk: case.ref}], {first.pk: case.ref})
    assert (case.version, CaseSignal.objects.count()) == (2, 2)


def at_once(signal: Signal) -> dict[int, str]:
    return correlation.correlate_at_once(signal_ids=[signal.pk], now=NOON)
