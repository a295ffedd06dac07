from datetime import timedelta

import pytest

from signals.detectors import registry
from signals.detectors.base import PackRule
from signals.features import compute
from signals.models import Detector, Event, Signal, SignalEvent
from signals.services import scoring, scoring_rows
from tests.factories import after, event, label
from tscore.core import work
from tscore.core.models import Alarm

pytestmark = pytest.mark.django_db
NOW = after(60)


def score(limit=500):
    return scoring.score_pending(limit=limit, now=NOW)


def take_over(account="ada", *, minutes=0, **last):
    """Let a stranger guess a password: four failures, then a success. Returns the success."""
    event("login.succeeded", after(minutes, days=-3), account=account, context={"ip": "~home"})
    for number in range(4):
        event("login.failed", after(minutes - 5 + number), account=account, context={"ip": "~stranger"})
    return event("login.succeeded", after(minutes), account=account, context={"ip": "~stranger"}, **last)


def test_score_logs_what_was_seen():
    scored = take_over()

    handled = score()

    scored.refresh_from_db()
    assert handled == 6
    assert scored.features == compute.values(event_ids=[scored.pk])[scored.pk]
    assert (scored.features["account_failed_logins_1h"], scored.features["account_ip_successes_90d"]) == (4, 0)
    assert (scored.feature_version, scored.scored_at, scored.leased_until) == (compute.FEATURE_VERSION, NOW, None)


def test_score_raises_a_signal_with_trigger_and_evidence():
    scored = take_over(id="evt-1")

    score()

    signal = Signal.objects.get()
    assert signal.detector.name == "ato.failures_then_success"
    assert signal.dedupe_key == "shop/evt-1/2026-03-01T12:00:00Z"
    assert signal.external_id == f"ato.failures_then_success/{signal.dedupe_key}"
    assert (signal.source.name, signal.entity_id, signal.score) == ("tscore", scored.roles["account"], 0.8)
    assert (signal.severity, signal.observed_at, signal.routed_at) == ("medium", scored.observed_at, None)
    assert set(signal.reasons[0]) == {"code", "sentence", "value", "usual", "base_rate", "contribution"}
    evidence = list(SignalEvent.objects.order_by("position").values_list("event_id", flat=True))
    failures = list(Event.objects.filter(kind="login.failed").order_by("-occurred_at").values_list("pk", flat=True))
    assert evidence == [scored.pk, *failures]


def test_score_takes_nothing_twice():
    take_over()
    score()

    assert score() == 0
    assert Signal.objects.count() == 1


def test_score_takes_at_most_the_limit():
    take_over()

    assert [score(limit=4), score(limit=4), score(limit=4)] == [4, 2, 0]
    assert Signal.objects.count() == 1


def test_logged_values_equal_rebuilt_ones_after_later_facts():
    take_over()
    event("payment.captured", after(1), payment="p1", buyer="ada", seller="ben", card="~1", amount=100)
    score()
    logged = dict(Event.objects.values_list("pk", "features"))

    event("login.failed", after(-3), observed_at=NOW, account="ada", context={"ip": "~9"})
    event("payment.captured", after(2), payment="p2", buyer="ada", seller="ben", card="~1", amount=900)

    assert compute.values(event_ids=list(logged)) == logged


def test_a_later_revision_withdraws_the_signals_of_the_older_one():
    take_over(id="evt-1")
    score()
    first = Signal.objects.get()
    Signal.objects.filter(pk=first.pk).update(routed_at=NOW)
    event("login.succeeded", after(), id="evt-1", observed_at=after(9), account="ada", context={"ip": "~home"})

    score()

    first.refresh_from_db()
    assert (first.retracted_at, first.routed_at) == (NOW, None)
    assert Signal.objects.count() == 1


def test_a_later_revision_that_shows_the_same_raises_its_own_signal():
    take_over(id="evt-1")
    score()
    event("login.succeeded", after(1), id="evt-1", observed_at=after(9), account="ada", context={"ip": "~stranger"})

    score()

    found = Signal.objects.order_by("pk").values_list("retracted_at", "observed_at")
    assert list(found) == [(NOW, after()), (None, after(9))]


def test_an_older_revision_that_still_waits_is_never_scored():
    old = take_over(id="evt-1")
    event("login.succeeded", after(), id="evt-1", observed_at=after(9), account="ada", context={"ip": "~home"})

    score()

    old.refresh_from_db()
    assert (old.scored_at, old.features) == (NOW, None)
    assert Signal.objects.count() == 0


def test_one_failing_detector_stops_nobody_else(monkeypatch):
    def fail(view):
        raise RuntimeError("no such thing")

    faulty = PackRule("ato.faulty", "1", "account_takeover", "Faulty", frozenset({"login.succeeded"}), fail)
    monkeypatch.setitem(registry.BY_KIND, "login.succeeded", (faulty, *registry.BY_KIND["login.succeeded"]))
    take_over()

    score()

    assert Signal.objects.count() == 1
    assert Event.objects.filter(scored_at=None).count() == 0
    alarm = Alarm.objects.get()
    assert (alarm.key, alarm.severity, alarm.since) == ("detector:ato.faulty", "warning", NOW)


def test_a_shadow_detector_raises_shadow_signals():
    take_over("ben")
    score()
    Detector.objects.filter(name="ato.failures_then_success").update(mode="shadow")
    take_over("ada", minutes=20)

    score()

    assert list(Signal.objects.order_by("pk").values_list("mode", flat=True)) == ["live", "shadow"]


def test_who_lost_the_lease_writes_nothing():
    scored = event("login.succeeded", after(), account="ada")
    held = work.lease(Event.objects.filter(scored_at__isnull=True), limit=10, now=NOW)
    Event.objects.filter(pk=scored.pk).update(leased_until=after() - timedelta(days=9000))
    work.lease(Event.objects.filter(scored_at__isnull=True), limit=10, now=NOW)

    done = scoring.in_transaction(lambda: scoring_rows.settle(held, {scored.pk: {}}, NOW))

    scored.refresh_from_db()
    assert (done, scored.scored_at) == (set(), None)


def test_labels_known_only_later_change_no_signal_but_those_of_delayed_risk():
    def world(seller, known_days):
        for number in range(4):
            row = event("payment.captured", after(days=-9), payment=f"{seller}{number}", seller=seller, amount=100)
            label(
                row,
                "payment.third_party",
                after(days=known_days),
                abuse_type="payment_fraud",
                role="payment",
                verdict="bad",
            )
        event("payment.captured", after(), payment=f"{seller}9", seller=seller, amount=100)

    world("known", -2)
    world("late", 400)
    take_over()

    score()

    found = Signal.objects.order_by("detector__name").values_list("detector__name", "entity__external_id")
    assert list(found) == [("ato.failures_then_success", "ada"), ("payment.seller_turning_bad", "known9")]
