"""Signals become cases."""

from datetime import timedelta

import pytest

from cases.models import Case, CaseSignal
from cases.services import correlation, priority
from signals.models import Signal
from tests import factories
from tests.cases import build
from tests.factories import NOON, after


def correlate(at=NOON):
    return correlation.correlate_pending(limit=500, now=at)


def test_correlate_opens_one_case_for_two_signals_of_one_subject(db):
    account = factories.entity("account", "a-1")
    build.signal(account, score=0.6, severity="medium", sentence="Weak.")
    build.signal(account, score=0.9, severity="high", sentence="Strong.")

    handled = correlate()

    case = Case.objects.get()
    assert handled == 2
    assert (case.entity, case.abuse_type_id, case.queue.slug, case.state) == (
        account,
        "account_takeover",
        "ato",
        "queued",
    )
    assert (case.probability, case.severity, case.headline, case.version) == (0.9, "high", "Strong.", 1)
    assert case.due_at == after(60)
    assert CaseSignal.objects.filter(case=case).count() == 2
    assert list(Signal.objects.filter(routed_at=None)) == []


def test_correlate_keeps_abuse_types_apart(db):
    account = factories.entity("account", "a-1")
    build.signal(account, "account_takeover")
    build.signal(account, "payment_fraud")

    correlate()

    assert sorted(Case.objects.values_list("abuse_type_id", flat=True)) == ["account_takeover", "payment_fraud"]


def test_correlate_folds_a_card_test_into_one_case_of_the_buyer(db):
    for number in range(12):
        trigger = factories.event(
            "payment.refused", after(number), payment=f"p-{number}", buyer="b-1", card=f"~c-{number % 5}", amount=100
        )
        build.signal(factories.entity("card", f"~c-{number % 5}"), "payment_fraud", events=(trigger,))

    correlate()

    case = Case.objects.get()
    assert (str(case.entity), case.stake_minor) == ("account b-1", 1200)


def test_correlate_raises_severity_and_moves_due_only_earlier(db):
    account = factories.entity("account", "a-1")
    build.signal(account, severity="high")
    correlate(NOON)
    build.signal(account, severity="low")
    correlate(after(10))
    kept = Case.objects.get()
    build.signal(account, severity="critical")
    correlate(after(20))

    raised = Case.objects.get()

    assert (kept.severity, kept.due_at, kept.version) == ("high", after(60), 2)
    assert (raised.severity, raised.due_at, raised.version) == ("critical", after(30), 3)


def test_correlate_after_closing_opens_a_case_that_follows(db):
    account = factories.entity("account", "a-1")
    build.signal(account)
    correlate()
    first = Case.objects.get()
    Case.objects.filter(pk=first.pk).update(state="closed", closed_at=after(5))
    build.signal(account)

    correlate(after(10))

    second = Case.objects.get(state="queued")
    assert (second.follows, second.opened_at, second.version) == (first, after(10), 1)


def test_correlate_marks_shadow_signals_without_a_case(db):
    build.signal(factories.entity("account", "a-1"), mode="shadow")

    handled = correlate()

    assert (handled, Case.objects.count(), Signal.objects.filter(routed_at=NOON).count()) == (1, 0, 1)


def test_correlate_recounts_a_case_whose_signal_was_retracted(db):
    account = factories.entity("account", "a-1")
    weak = build.signal(account, score=0.3, severity="low", sentence="Weak.")
    strong = build.signal(account, score=0.9, severity="high", sentence="Strong.", money_at_stake_base_minor=90_000)
    correlate()
    Signal.objects.filter(pk=strong.pk).update(retracted_at=after(5), routed_at=None)

    handled = correlate(after(5))

    case = Case.objects.get()
    assert handled == 1
    assert (case.probability, case.stake_minor, case.headline, case.version) == (0.3, 1000, "Weak.", 2)
    assert case.severity == "high"
    assert Signal.objects.get(pk=weak.pk).routed_at == NOON


def test_correlate_leaves_a_case_without_live_signals_at_the_end(db):
    only = build.signal(factories.entity("account", "a-1"))
    correlate()
    Signal.objects.filter(pk=only.pk).update(retracted_at=after(5), routed_at=None)

    correlate(after(5))

    case = Case.objects.get()
    assert (case.state, case.probability, case.priority) == ("queued", 0, 0)


def test_correlate_retracted_before_routing_opens_nothing(db):
    build.signal(factories.entity("account", "a-1"), retracted_at=NOON)

    handled = correlate()

    assert (handled, Case.objects.count()) == (1, 0)


def test_correlate_puts_a_signal_aside_that_no_queue_takes(db):
    from signals.models import AbuseType

    AbuseType.objects.create(slug="spam", name="Spam", position=9)
    homeless = build.signal(factories.entity("account", "a-1"), "spam")
    build.signal(factories.entity("account", "a-2"))

    first, second = correlate(), correlate()

    homeless.refresh_from_db()
    assert (first, second, Case.objects.count()) == (2, 0, 1)
    assert (homeless.routed_at, homeless.attempts) == (None, 1)
    assert homeless.last_error == "NoQueue: No queue takes the abuse type spam."


@pytest.mark.parametrize(
    ("steps", "stake"),
    [
        ([("p-1", "requested")], 231_000),
        ([("p-1", "requested"), ("p-2", "requested")], 462_000),
        ([("p-1", "requested"), ("p-1", "held")], 1000),
        ([("p-1", "requested"), ("p-1", "paid")], 1000),
        ([], 1000),
    ],
)
def test_stake_of_a_takeover_is_the_open_payouts(db, steps, stake):
    for number, (payout_id, kind) in enumerate(steps):
        build.payout(payout_id, "a-1", 231_000, after(number), kind=kind)
    build.signal(factories.entity("account", "a-1"), score=0.5)

    correlate()

    case = Case.objects.get()
    assert (case.stake_minor, case.priority) == (stake, 0.5 * stake)


def test_stake_of_phishing_counts_recipients(db):
    for number in range(3):
        trigger = factories.event(
            "message.sent", after(number), message=f"m-{number}", sender="s-1", recipient=f"r-{number % 2}", text="x"
        )
        build.signal(factories.entity("message", f"m-{number}"), "phishing", events=(trigger,))

    correlate()

    assert Case.objects.get().stake_minor == 20_000


def test_stake_of_a_listing_is_fixed_unless_a_signal_knows_more(db):
    build.signal(factories.entity("listing", "l-1"), "prohibited_item")
    build.signal(factories.entity("listing", "l-2"), "prohibited_item", money_at_stake_base_minor=70_000)

    correlate()

    assert list(Case.objects.order_by("entity__external_id").values_list("stake_minor", flat=True)) == [5000, 70_000]


def test_rerank_steps_up_by_quarters_at_most_eight_times(db):
    build.signal(factories.entity("account", "a-1"), score=0.5)
    correlate()
    steps = []

    for quarter in range(1, 12):
        if priority.rerank_due(limit=10, now=NOON + timedelta(minutes=15 * quarter)):
            steps.append(Case.objects.get().priority)

    assert steps == [500 * (1 + quarter / 4) for quarter in range(1, 9)]
    assert Case.objects.get().rerank_at is None


def test_rerank_does_not_change_what_a_decider_has_seen(db):
    build.signal(factories.entity("account", "a-1"))
    correlate()

    priority.rerank_due(limit=10, now=after(30))

    assert Case.objects.get().version == 1
