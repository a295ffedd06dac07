"""A report weighs as much as its reporter was right so far, by what was known when it was observed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from signals.features import compute
from tests import factories
from tests.factories import NOON, after, entity


def report(target, reporter="r-1", at=NOON):
    named = {"target": entity("listing", target), "reporter": entity("account", reporter)}
    members = {"reporter": reporter, "reason": "drugs", "target": {"kind": "listing", "id": target}}
    made = factories._event_row(
        "report.created", at, id="", source="shop", observed_at=at, members=members,
        roles={role: who.pk for role, who in named.items()},
    )  # fmt: skip
    factories._involve(made, list(named.items()))
    return made


def decide(about, verdict="bad", at=None, **fields):
    label_class = {"bad": "prohibited.drugs", "good": "legit"}[verdict]
    return factories.label(
        about, label_class, at or after(60), abuse_type="prohibited_item", role="target", verdict=verdict,
        **({"source": "reviewer"} | fields),
    )  # fmt: skip


def trust(event):
    found = compute.values(event_ids=[event.pk])[event.pk]
    return tuple(found[name] for name in ("reporter_right_180d", "reporter_judged_180d", "reporter_accuracy"))


def test_a_new_reporter_is_trusted_as_everybody_is(db):
    for number in range(4):
        decide(report(f"l-{number}", "r-other"), "bad" if number < 3 else "good")

    assert trust(report("l-9", "r-new", after(120))) == (0, 0, pytest.approx(4 / 6))


def test_accuracy_is_drawn_towards_that_of_all(db):
    for number in range(4):
        decide(report(f"l-{number}"))

    assert trust(report("l-9", at=after(120))) == (4, 4, pytest.approx((4 + 4 * 5 / 6) / 8))


def test_labels_known_later_and_labels_older_than_the_report_do_not_count(db):
    old = report("l-1", "r-other", after(-200))
    decide(old, at=after(-100))
    decide(report("l-2"), at=after(121))
    report("l-1")

    assert trust(report("l-9", at=after(120)))[:2] == (0, 0)
    assert trust(report("l-9", at=after(122)))[:2] == (1, 1)


def test_superseded_labels_and_those_of_reports_and_rules_do_not_count(db):
    about = report("l-1")
    wrong = decide(about, "bad")
    decide(about, "good", at=after(90), supersedes=wrong)
    decide(report("l-2"), at=after(95), source="rule")

    assert trust(report("l-9", at=after(120)))[:2] == (0, 1)


def test_reporting_the_same_ten_times_is_right_once(db):
    for minute in range(10):
        about = report("l-1", at=after(minute))
    decide(about)

    assert trust(report("l-9", at=after(120)))[:2] == (1, 1)


def test_trust_costs_as_many_statements_for_one_report_as_for_five(db):
    def statements(events):
        with CaptureQueriesContext(connection) as captured:
            compute.values(event_ids=[event.pk for event in events])
        return len(captured)

    one = [report("l-0")]

    assert statements(one) == statements([report(f"l-{number}", at=after(1)) for number in range(5)])


def test_people_who_report_the_same_within_an_hour_are_counted(db):
    for number in range(3):
        report("l-1", f"r-{number}", after(number))
    report("l-1", "r-0", NOON - timedelta(hours=2))

    found = compute.values(event_ids=[report("l-1", "r-0", after(10)).pk])

    figures = next(iter(found.values()))
    assert (figures["target_reporters_1h"], figures["reporter_same_target_24h"]) == (3, 2)
