"""A detector that raises, sleeps or answers nonsense costs nobody else anything."""

import time

import pytest

from signals.detectors import registry
from signals.detectors.base import EventView, Finding, PackRule, Reason
from signals.detectors.panel import Budget, Panel, UnusableFinding
from signals.features.batch import Scored
from signals.models import Event, Signal
from signals.services import scoring
from tests.factories import NOON, after, event
from tscore.core.models import Alarm

KIND = "login.succeeded"
WHY = (Reason("why", "Because.", 1),)
GOOD = Finding("account", 0.5, WHY)
ROOMY = Budget(event_s=60, batch_s=60)


def rule(name, function):
    return PackRule(name, "1", "account_takeover", name, frozenset({KIND}), function)


def broken(**wrong):
    """Return a finding that went round what a finding checks about itself."""
    finding = Finding("account", 0.5, WHY)
    for name, value in wrong.items():
        object.__setattr__(finding, name, value)
    return finding


def asked(*detectors, events=1, budget=ROOMY):
    panel = Panel(budget)
    for number in range(events):
        scored = Scored(number, "shop", f"evt-{number}", KIND, 1, NOON, NOON, {"account": 1}, {}, None)
        panel.ask(detectors, EventView(number, KIND, NOON, {"account": 1}, {}, {}), scored)
    return panel


def fail(view):
    raise RuntimeError("no such thing")


def test_findings_come_in_the_order_of_the_detectors():
    panel = asked(rule("a", lambda view: GOOD), rule("b", lambda view: None), rule("c", lambda view: GOOD))

    assert [(detector.name, finding) for _, detector, finding in panel.findings] == [("a", GOOD), ("c", GOOD)]
    assert panel.problems() == []


def test_an_error_is_its_own():
    panel = asked(rule("a", fail), rule("b", lambda view: GOOD), events=3)

    assert [detector.name for _, detector, _ in panel.findings] == ["b"] * 3
    assert [(name, event_id, str(error)) for name, event_id, error in panel.problems()] == [("a", 2, "no such thing")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"score": float("nan")},
        {"score": float("inf")},
        {"score": 1.01},
        {"score": -0.1},
        {"score": "high"},
        {"score": None},
        {"money_minor": 2**63},
        {"money_minor": 1.5},
        {"severity": "terrible"},
        {"evidence": ("no_such_feature",)},
        {"reasons": (Reason("why", "Because.", float("nan")),)},
        {"reasons": (Reason("why", "Because.", 1, contribution=float("inf")),)},
        {"reasons": (Reason("why", "Be\0cause.", 1),)},
        {"reasons": (Reason("why", "Because.", object()),)},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_cannot_be_stored_is_the_detectors_fault(wrong):
    panel = asked(rule("a", lambda view: broken(**wrong)), rule("b", lambda view: GOOD))

    assert [detector.name for _, detector, _ in panel.findings] == ["b"]
    assert [(name, type(error)) for name, _, error in panel.problems()] == [("a", UnusableFinding)]


@pytest.mark.parametrize("answer", [None, 0.9, "no finding", [None], {"score": 1}])
def test_an_answer_that_is_no_finding_is_the_detectors_fault(answer):
    class Odd(PackRule):
        def find(self, view):
            return answer

    panel = asked(Odd("a", "1", "account_takeover", "a", frozenset({KIND}), fail), rule("b", lambda view: GOOD))

    assert [detector.name for _, detector, _ in panel.findings] == ["b"]
    assert [name for name, _, _ in panel.problems()] == ["a"]


def test_who_takes_too_long_for_an_event_is_left_out_for_the_rest():
    calls = []

    def sleep(view):
        calls.append(view.id)
        time.sleep(0.02)
        return GOOD

    panel = asked(rule("a", sleep), rule("b", lambda view: GOOD), events=4, budget=Budget(event_s=0.01, batch_s=60))

    [(name, event_id, error)] = panel.problems()
    assert (calls, name, event_id) == ([0], "a", 0)
    assert error.__notes__ == ["3 more events of the batch go without it."]
    assert [detector.name for _, detector, _ in panel.findings] == ["a", "b", "b", "b", "b"]


def test_who_takes_too_long_for_a_batch_is_left_out_for_the_rest():
    slow = rule("a", lambda view: time.sleep(0.02))

    panel = asked(slow, rule("b", lambda view: GOOD), events=9, budget=Budget(event_s=60, batch_s=0.05))

    [(name, event_id, _)] = panel.problems()
    assert (name, panel.left_out[name]) == ("a", 8 - event_id)
    assert event_id <= 2
    assert len(panel.findings) == 9


def test_each_batch_asks_everybody_again():
    slow = rule("a", lambda view: time.sleep(0.02))

    first, second = (asked(slow, events=2, budget=Budget(event_s=0.01, batch_s=60)) for _ in range(2))

    assert [len(panel.problems()) for panel in (first, second)] == [1, 1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "function",
    [fail, lambda view: time.sleep(0.02), lambda view: broken(score=float("nan"))],
    ids=["raises", "sleeps", "nan"],
)
def test_an_event_is_scored_by_the_others(monkeypatch, settings, function):
    settings.DETECTOR_EVENT_S = 0.01
    pair = (rule("ato.faulty", function), rule("ato.failures_then_success", lambda view: GOOD))
    monkeypatch.setitem(registry.BY_KIND, KIND, pair)
    event(KIND, after(), account="ada")

    scoring.score_pending(limit=10, now=after(1))

    assert Event.objects.filter(scored_at=None).count() == 0
    assert list(Signal.objects.values_list("detector__name", "score")) == [("ato.failures_then_success", 0.5)]
    assert list(Alarm.objects.values_list("key", flat=True)) == ["detector:ato.faulty"]
