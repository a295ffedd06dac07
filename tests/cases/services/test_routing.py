"""Rules send cases to queues when they are opened, when evidence comes in, and when they are given back."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.models import Case, Queue, RoutingRule
from cases.services import catalogue, claims, correlation, leaving, routing, waiting
from cases.services.routing_facts import of_cases
from cases.services.rulebook.attributes import ATTRIBUTES
from tests import factories
from tests.cases import build
from tests.factories import NOON, after
from tscore.core.models import AuditEvent


@pytest.fixture
def big(queue_a):
    """A second queue for account takeovers with much at stake, twice as quick."""
    queue = Queue.objects.create(
        slug="ato-big", name="Account takeover, much at stake", position=9, abuse_type=queue_a.abuse_type,
        is_default=False, subject_roles=queue_a.subject_roles, stake_rule=queue_a.stake_rule,
        due_minutes={"critical": 15, "high": 30, "other": 120},
    )  # fmt: skip
    catalogue.forget()
    yield queue
    catalogue.forget()


def rule(queue, *conditions, position=1, is_on=True):
    return RoutingRule.objects.create(
        name="r", position=position, queue=queue, conditions=[list(one) for one in conditions], is_on=is_on,
        changed_at=NOON,
    )  # fmt: skip


def more_evidence(case, at, **fields):
    build.signal(case.entity, events=(build.login(case.entity.external_id, at),), at=at, **fields)
    correlation.correlate_pending(limit=500, now=at)
    case.refresh_from_db()


def moves(case):
    rows = AuditEvent.objects.filter(object_ref=case.ref, verb="case.routed").order_by("id")
    return [(row.before["queue"], row.after["queue"], row.after["rule"]) for row in rows]


def test_case_without_a_fitting_rule_goes_to_the_queue_of_its_abuse_type(big, queue_a):
    rule(big, ("stake", "at_least", 5000.0))

    case = build.case()

    assert (case.queue, case.routing_rule) == (queue_a, None)


def test_new_case_goes_where_the_first_fitting_rule_says(big):
    rule(big, ("severity", "is", "critical"), position=2)
    first = rule(big, ("severity", "at_least", "high"), position=1)

    case = build.case(severity="high")

    assert (case.queue, case.routing_rule, case.version) == (big, first, 1)
    assert case.due_at == NOON + timedelta(minutes=30)
    assert moves(case) == []


def test_rule_that_is_off_sends_nothing(big, queue_a):
    rule(big, is_on=False)

    assert build.case().queue == queue_a


def test_rule_takes_no_case_of_another_abuse_type(big):
    rule(big)

    build.signal(factories.entity("account", "a-9"), "phishing")
    correlation.correlate_pending(limit=500, now=NOON)

    assert Case.objects.get().queue.slug == "phishing"


def test_new_evidence_sends_a_free_case_on(big, queue_a):
    rule_row = rule(big, ("severity", "is", "critical"))
    case = build.case(severity="high")

    more_evidence(case, after(5), severity="critical")

    assert (case.queue, case.routing_rule, case.version) == (big, rule_row, 3)
    assert case.due_at == NOON + timedelta(minutes=15)
    assert moves(case) == [("ato", "ato-big", rule_row.pk)]


def test_withdrawn_evidence_sends_a_case_back(big, queue_a):
    rule(big, ("signals", "at_least", 2.0))
    case = build.case()
    more_evidence(case, after(5))
    assert case.queue == big

    signal = case.signals.order_by("id").last()
    type(signal).objects.filter(pk=signal.pk).update(retracted_at=after(6), routed_at=None)
    correlation.correlate_pending(limit=500, now=after(6))

    case.refresh_from_db()
    assert case.queue == queue_a


def test_held_case_is_not_pulled_away_but_sent_on_when_given_back(big, queue_a, ada):
    rule(big, ("severity", "is", "critical"))
    case = build.held_case(ada, severity="high")

    more_evidence(case, after(5), severity="critical")
    assert (case.queue, case.claimed_by) == (queue_a, ada)
    leaving.release(case_id=case.pk, actor=ada, now=after(6))

    case.refresh_from_db()
    assert (case.queue, case.state) == (big, "queued")


def test_case_whose_lease_ended_is_sent_on(big, ada):
    rule(big, ("severity", "is", "critical"))
    case = build.held_case(ada, severity="high")
    more_evidence(case, after(5), severity="critical")
    Case.objects.filter(pk=case.pk).update(claim_until=NOON - timedelta(days=400))

    claims.release_expired(limit=10, now=after(20))

    case.refresh_from_db()
    assert case.queue == big


def test_escalated_case_stays_with_the_leads_it_was_put_before(big, queue_a, ada):
    rule(big, ("severity", "is", "critical"))
    case = build.held_case(ada, severity="high")
    leaving.escalate(case_id=case.pk, actor=ada, now=after(1))

    more_evidence(case, after(5), severity="critical")

    assert case.queue == queue_a


def test_case_is_sent_on_when_its_wait_is_over(big, ada):
    case = build.held_case(ada, severity="high")
    waiting.snooze(case_id=case.pk, actor=ada, until=after(60), now=after(1))
    rule(big, ("severity", "at_least", "high"))

    waiting.wake_due(limit=10, now=after(60))

    case.refresh_from_db()
    assert (case.queue, case.state) == (big, "queued")


def test_switching_the_last_rule_off_sends_touched_cases_home(big, queue_a):
    one = rule(big, ("severity", "at_least", "high"))
    case = build.case()
    RoutingRule.objects.filter(pk=one.pk).update(is_on=False)

    more_evidence(case, after(5))

    assert (case.queue, case.routing_rule) == (queue_a, None)


def test_every_attribute_has_a_value_of_every_case(big):
    account = factories.entity("account", "a-1", at=NOON - timedelta(days=3))
    made = build.signal(account, events=(build.login("a-1", country="PT"),), techniques=["T1110"])
    correlation.correlate_pending(limit=500, now=NOON)

    [found] = of_cases([Case.objects.get(signals=made).pk])

    assert set(found.facts) == set(ATTRIBUTES)
    assert found.facts == {
        "abuse_type": "account_takeover", "severity": "high", "score": 0.8, "stake": 10.0, "signals": 1.0,
        "detector": frozenset({"test.account_takeover"}), "technique": frozenset({"T1110"}),
        "source": frozenset({"test"}), "lane": "detection", "subject_kind": "account", "subject_state": None,
        "subject_age": 3.0, "subject_hub": "no", "country": "PT", "repeat": "no",
    }  # fmt: skip


@pytest.mark.parametrize("size", [1, 3])
def test_routing_takes_as_many_statements_for_three_as_for_one(big, size):
    found = [build.case(f"a-{number}") for number in range(size)]
    rule(big)

    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        moved = routing.route(case_ids=[case.pk for case in found], now=after(1))

    assert moved == [case.pk for case in found]
    assert len(asked) == 5


def test_routing_without_rules_is_one_statement(queue_a):
    case = build.case()

    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        routing.route(case_ids=[case.pk], now=after(1))

    assert len(asked) == 1
