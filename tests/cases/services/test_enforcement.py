"""Effects reach the real demo marketplace exactly once, whatever goes wrong on the way."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.db.models.functions import Now

from cases import enforcers
from cases.models import Action, Case
from cases.services import decisions, enforcement, settlement
from tests.cases import build
from tests.factories import NOON, after
from tscore.core import db
from tscore.core.models import Alarm, AuditEvent


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    """Ask for the next try at once."""
    monkeypatch.setattr("tscore.core.work.back_off", lambda attempts: timedelta(0))


def deliver(times=1):
    return [enforcement.deliver_pending(limit=20, now=after(1)) for _ in range(times)]


def decided(person, *kinds):
    return build.decision(build.held_case(person), action_kinds=list(kinds))


def states():
    return list(Action.objects.order_by("id").values_list("state", flat=True))


def test_deliver_applies_each_action_once(ada, market):
    decided(ada, "account.suspend", "account.revoke_sessions")

    handled = deliver(2)

    assert (handled, states()) == ([2, 0], ["done", "done"])
    assert sorted(market.effects()) == [("account.revoke_sessions", "a-1"), ("account.suspend", "a-1")]
    action = Action.objects.get(kind="account.suspend")
    assert (action.answer["result"], action.settled_at, action.leased_until) == ("applied", after(1), None)
    assert AuditEvent.objects.filter(verb="action.done").count() == 2


def test_deliver_tells_only_pseudonyms_and_references(ada, market):
    decided(ada, "account.suspend")

    deliver()

    [line] = market.ledger()
    about = {name: line[name] for name in ("case", "policy", "actor") if name in line} or line["about"]
    assert about == {"case": Case.objects.get().ref, "policy": "ato@1", "actor": ada.pseudonym}


def test_deliver_leaves_held_actions_until_their_window_is_over(ada, market):
    decided(ada, "account.warn")

    early = deliver()
    Action.objects.update(next_at=Now() - timedelta(seconds=1))
    late = deliver()

    assert (early, late, market.effects()) == ([0], [1], [("account.warn", "a-1")])


@pytest.mark.parametrize("mode", ["500", "drop", "late", "lose"])
def test_deliver_survives_an_answer_that_says_nothing(ada, market, mode):
    decided(ada, "account.suspend")
    market.misbehave(mode)
    deliver()
    between = states()
    market.misbehave("ok")

    deliver(2)

    assert (between, states(), market.effects()) == (["unknown"], ["done"], [("account.suspend", "a-1")])


@pytest.mark.parametrize("mode", ["slow", "hang"])
def test_deliver_survives_a_marketplace_that_does_not_answer_in_time(ada, market, mode, monkeypatch):
    monkeypatch.setattr(enforcers, "READ_S", 0.3)
    decided(ada, "account.suspend")
    market.misbehave(mode, seconds=2)
    deliver()
    between = states()
    market.misbehave("ok")

    deliver(2)

    assert (between, states(), market.effects()) == (["unknown"], ["done"], [("account.suspend", "a-1")])


def test_deliver_waits_as_long_as_it_is_asked_to(ada, market):
    decided(ada, "account.suspend")
    market.misbehave("429")

    deliver()

    action = Action.objects.annotate(clock=Now()).get()
    assert action.state == "pending"
    assert timedelta(0) < action.next_at - action.clock <= timedelta(seconds=1)


def test_deliver_tries_again_when_the_marketplace_cannot_be_reached(ada, settings):
    settings.MARKETPLACE_URL = "http://127.0.0.1:9"
    decided(ada, "account.suspend")

    deliver()

    action = Action.objects.get()
    assert (action.state, action.attempts, action.last_error) == (
        "pending",
        1,
        "The marketplace cannot be reached.",
    )


def test_deliver_asks_before_it_sends_an_interrupted_action_again(ada, market):
    decided(ada, "account.suspend")
    deliver()
    Action.objects.update(state="sending", leased_until=Now() - timedelta(seconds=1), settled_at=None)

    deliver()

    assert (states(), Action.objects.get().answer["result"]) == (["done"], "applied")
    assert market.effects() == [("account.suspend", "a-1")]


def test_deliver_does_not_touch_what_another_worker_holds(ada, market):
    decided(ada, "account.suspend")
    Action.objects.update(state="sending", leased_until=Now() + timedelta(seconds=30))

    assert (deliver(), market.effects()) == ([0], [])


def test_settle_of_a_worker_that_slept_through_its_lease_changes_nothing(ada):
    decided(ada, "account.suspend")
    Action.objects.update(state="sending", fence=F("fence") + 2)
    outcome = enforcers.Outcome(enforcers.Result.APPLIED, answer={})

    settled = settlement.settle(action_id=Action.objects.get().pk, fence=1, outcome=outcome, now=NOON)

    assert (settled, states()) == (False, ["sending"])


def test_deliver_without_a_marketplace_says_so_and_keeps_the_actions(ada, settings):
    settings.MARKETPLACE_URL = ""
    decided(ada, "account.suspend")

    handled = deliver()

    alarm = Alarm.objects.get()
    assert (handled, states(), alarm.key) == ([0], ["pending"], "marketplace:missing")
    assert alarm.detail == (
        "Actions are waiting: no marketplace is set. Give its address as MARKETPLACE_URL and restart."
    )


def test_deliver_pauses_an_endpoint_that_is_gone(ada, cleo, market, monkeypatch):
    gone = enforcers.Outcome(enforcers.Result.FAILED, error="The marketplace answers 410.", pauses=True)
    real = enforcers.send
    monkeypatch.setattr(enforcers, "send", lambda **_: gone)
    decided(ada, "account.suspend")
    deliver()
    monkeypatch.setattr(enforcers, "send", real)
    build.decision(build.held_case(ada, "a-2"), action_kinds=["account.suspend"])

    paused = deliver()
    enforcement.resume(actor=cleo, now=after(2))
    resumed = deliver()

    assert (paused, resumed, states()) == ([0], [1], ["failed", "done"])


def test_deliver_refuses_to_call_inside_a_transaction(ada, market):
    decided(ada, "account.suspend")
    action = Action.objects.get()

    with pytest.raises(enforcement.CalledInTransaction):
        db.in_transaction(lambda: enforcement._in_parallel(enforcement._send, [action]))

    assert market.effects() == []


def test_undo_of_a_done_action_compensates_it(ada, market):
    decision = decided(ada, "account.suspend")
    deliver()
    decisions.reverse(decision_id=decision.pk, actor=ada, now=after(2))

    deliver()

    assert states() == ["compensated", "done"]
    assert market.effects() == [("account.suspend", "a-1"), ("account.restore", "a-1")]
    assert market.ledger()[1]["reverses"] == Action.objects.first().public_id


def test_undo_before_sending_leaves_no_effect(ada, market):
    decision = decided(ada, "account.suspend", "account.warn")
    decisions.reverse(decision_id=decision.pk, actor=ada, now=after(2))

    deliver()

    assert (states(), market.effects()) == (["cancelled", "cancelled"], [])


@pytest.mark.parametrize(
    ("mode", "end", "effects"),
    [
        ("drop", ["compensated", "done"], ["account.suspend", "account.restore"]),
        ("lose", ["compensated", "done"], ["account.suspend", "account.restore"]),
    ],
)
def test_undo_of_an_unknown_action_waits_for_its_outcome(ada, market, mode, end, effects):
    decision = decided(ada, "account.suspend")
    market.misbehave(mode)
    deliver()
    decisions.reverse(decision_id=decision.pk, actor=ada, now=after(2))
    waiting = states()
    market.misbehave("ok")

    deliver(3)

    assert waiting == ["unknown", "held"]
    assert (states(), [kind for kind, _ in market.effects()]) == (end, effects)


def test_undo_of_an_action_that_fails_after_all_falls_with_it(ada):
    decision = decided(ada, "account.suspend")
    Action.objects.update(state="sending", fence=1)
    decisions.reverse(decision_id=decision.pk, actor=ada, now=after(2))
    failed = enforcers.Outcome(enforcers.Result.FAILED, error="The marketplace answers 422.")

    settlement.settle(action_id=Action.objects.first().pk, fence=1, outcome=failed, now=after(3))

    assert states() == ["failed", "cancelled"]


def test_refusal_is_final_and_says_why(ada, market):
    decision = decided(ada, "account.suspend")
    deliver()
    decisions.reverse(decision_id=decision.pk, actor=ada, now=after(2))
    deliver()
    Action.objects.filter(kind="account.restore").update(state="pending", public_id="act_again", settled_at=None)

    deliver()

    refused = Action.objects.get(kind="account.restore")
    assert refused.state == "refused"
    assert refused.last_error.endswith("was taken back before.")
