"""What a person concludes, and everything that is written with it."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from cases.models import Action, Case, Decision, EvidenceSnapshot, Note
from cases.services import claims, correlation, decisions, leaving, notes
from signals.models import Label
from tests import factories
from tests.cases import build
from tests.factories import NOON, after
from tscore.core.errors import Missing
from tscore.core.models import AuditEvent, ErasableKey


def nothing_was_written():
    """Say whether no decision left any row."""
    return not any(model.objects.exists() for model in (Decision, Action, Label, EvidenceSnapshot))


def test_decide_closes_the_case_and_asks_for_its_effects(ada):
    build.payout("p-1", "a-1", 5000)
    held = build.held_case(ada)

    decision = build.decision(held, at=after(5))

    case = Case.objects.get()
    assert (case.state, case.closed_at, case.claimed_by, case.version) == ("closed", after(5), None, 2)
    assert (decision.verdict, decision.label_class, decision.seen_version) == ("bad", "ato.confirmed", 1)
    asked = list(Action.objects.order_by("id").values_list("kind", "entity__external_id", "state", "next_at"))
    assert asked == [
        ("account.suspend", "a-1", "pending", None),
        ("account.revoke_sessions", "a-1", "pending", None),
        ("payout.hold", "p-1", "pending", None),
    ]


def test_decide_labels_the_subject_and_every_ticked_event(ada):
    first, second = build.login("a-1", after(-20)), build.login("a-1", after(-10))
    build.signal(factories.entity("account", "a-1"), events=(second, first))
    correlation.correlate_pending(limit=10, now=NOON)
    held = claims.claim(case_id=Case.objects.get().pk, actor=ada, now=NOON)

    decision = build.decision(held, unticked_event_ids=[first.pk], at=after(5))

    written = list(
        Label.objects.order_by("id").values_list("event_id", "verdict", "label_class", "occurred_at", "known_at")
    )
    assert written == [
        (None, "bad", "ato.confirmed", after(5), after(5)),
        (second.pk, "bad", "ato.confirmed", after(-10), after(5)),
    ]
    label = Label.objects.first()
    assert (label.source, label.actor, label.lane, label.inclusion_probability, label.origin, label.reason) == (
        "reviewer",
        ada.pseudonym,
        "detection",
        None,
        f"decision:{decision.pk}",
        "success_after_failures",
    )


def test_decide_keeps_what_was_seen_by_reference(ada):
    held = build.held_case(ada)

    decision = build.decision(held)

    snapshot = EvidenceSnapshot.objects.get(decision=decision)
    canonical = json.dumps(snapshot.body, sort_keys=True, separators=(",", ":"))
    assert bytes(snapshot.sha256) == hashlib.sha256(canonical.encode()).digest()
    assert sorted(snapshot.body) == ["case", "events", "signals", "subject"]
    assert [event["ticked"] for event in snapshot.body["events"]] == [True]


def test_decide_writes_one_audit_row(ada):
    held = build.held_case(ada)

    decision = build.decision(held)

    row = AuditEvent.objects.get(verb="case.decided")
    assert (row.actor, row.object_ref, row.reason) == (ada, held.ref, "success_after_failures")
    assert row.after["decision"] == decision.pk
    assert row.after["actions"] == list(Action.objects.order_by("id").values_list("public_id", flat=True))


def test_decide_holds_outward_effects_by_the_real_clock(ada, settings):
    held = build.held_case(ada)

    build.decision(held, action_kinds=["account.warn"])

    action = Action.objects.annotate(clock=Now()).get()
    assert action.state == "held"
    assert timedelta(seconds=5) < action.next_at - action.clock <= settings.HOLD_EFFECTS


def test_decide_without_targets_asks_for_nothing(ada):
    held = build.held_case(ada)

    build.decision(held, action_kinds=["payout.hold"])

    assert (Action.objects.count(), Decision.objects.count()) == (0, 1)


def test_decide_refuses_a_case_that_changed(ada):
    held = build.held_case(ada)
    notes.add(case_id=held.pk, actor=ada, text="new link found", now=NOON)

    with pytest.raises(decisions.CaseChanged):
        build.decision(held)

    assert nothing_was_written()
    assert Case.objects.get().state == "reviewing"


def test_decide_refuses_when_a_signal_arrived_meanwhile(ada):
    held = build.held_case(ada)
    build.signal(held.entity)
    correlation.correlate_pending(limit=10, now=NOON)

    with pytest.raises(decisions.CaseChanged):
        build.decision(held)

    assert nothing_was_written()


def test_decide_refuses_whoever_does_not_hold_the_case(ada, cleo):
    held = build.held_case(ada)
    leaving.hand_over(case_id=held.pk, actor=ada, to=cleo, now=NOON)

    with pytest.raises(claims.NotHolder):
        build.decision(held)

    assert nothing_was_written()


def test_decide_refuses_an_ended_lease(ada):
    held = build.held_case(ada)
    Case.objects.update(claim_until=Now() - timedelta(seconds=1))

    with pytest.raises(claims.LeaseEnded):
        build.decision(held)

    assert nothing_was_written()


def test_decide_refuses_the_fence_of_an_earlier_claim(ada):
    held = build.held_case(ada)
    leaving.release(case_id=held.pk, actor=ada, now=NOON)
    claims.claim(case_id=held.pk, actor=ada, now=NOON)

    with pytest.raises(claims.LeaseEnded):
        build.decision(held)

    assert nothing_was_written()


def test_decide_twice_finds_the_case_decided(ada):
    held = build.held_case(ada)
    build.decision(held)

    with pytest.raises(claims.AlreadyDecided):
        build.decision(held)

    assert Decision.objects.count() == 1


def test_decide_hides_cases_of_other_queues(ada, ben):
    held = build.held_case(ada)

    with pytest.raises(Missing):
        build.decision(held, actor=ben)


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"policy_id": 0}, ["policy_id"]),
        ({"action_kinds": ["listing.hide"]}, ["action_kinds"]),
        ({"action_kinds": ["account.close"]}, ["action_kinds"]),
        ({"action_kinds": ["account.suspend", "account.restrict"]}, ["action_kinds"]),
        ({"label_class": "phishing.spam"}, ["label_class", "reason_id"]),
        ({"label_class": "legit"}, ["reason_id"]),
        ({"reason_id": 0}, ["reason_id"]),
        ({"unticked_event_ids": [0]}, ["unticked_event_ids"]),
    ],
)
def test_decide_names_every_choice_that_does_not_fit(ada, wrong, fields):
    held = build.held_case(ada)

    with pytest.raises(decisions.BadChoice) as refused:
        build.decision(held, **wrong)

    assert [field.pointer for field in refused.value.fields] == fields
    assert nothing_was_written()


def test_decide_keeps_the_note_with_the_case(ada):
    held = build.held_case(ada)

    build.decision(held, note="  Owner called. ")

    note = Note.objects.get()
    assert (notes.text_of(note), note.case_id, note.author, note.written_at) == ("Owner called.", held.pk, ada, NOON)
    trail = list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))
    assert trail[-2:] == ["note.added", "case.decided"]
    assert AuditEvent.objects.get(verb="note.added").after == {"note": note.pk}


def test_decide_refuses_what_is_no_note_and_writes_nothing(ada):
    held = build.held_case(ada)

    with pytest.raises(notes.BadNote):
        build.decision(held, note="a\x00b")

    assert nothing_was_written()
    assert (Note.objects.count(), ErasableKey.objects.count()) == (0, 0)


def test_decide_and_claim_next_in_few_statements(ada, queue_a):
    build.payout("p-1", "a-1", 5000)
    build.case("a-2", score=0.5)
    held = build.held_case(ada, "a-1")

    with CaptureQueriesContext(connection) as captured:
        build.decision(held)
        claims.claim_next(queue=queue_a, actor=ada, now=NOON)

    statements = [query["sql"] for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) - 1 == 6, statements  # less the one that reads the preset for the test


@pytest.mark.parametrize(
    ("queue", "key", "expected"),
    [
        ("phishing", 1, [("account.suspend", "s-1"), ("message.retract", "m-1"), ("message.warn_recipients", "m-1")]),
        ("phishing", 2, [("message.retract", "m-1")]),
        ("phishing", 3, []),
    ],
)
def test_targets_of_a_message_case(cleo, queue, key, expected):
    trigger = factories.event("message.sent", NOON, message="m-1", sender="s-1", recipient="r-1", text="x")
    actions = decide_anew(cleo, "phishing", trigger, factories.entity("message", "m-1"), queue, key)

    assert actions == expected


def test_targets_of_a_listing_case_reach_its_seller(cleo):
    trigger = factories.event("listing.created", NOON, listing="l-1", seller="s-1", title="x")

    actions = decide_anew(cleo, "prohibited_item", trigger, factories.entity("listing", "l-1"), "listings", 1)

    assert actions == [("listing.hide", "l-1"), ("account.warn", "s-1")]


def test_targets_of_a_reported_listing_never_include_the_reporter(cleo):
    factories.event("listing.created", after(-60), listing="l-1", seller="s-1", title="x")
    trigger = factories.event("report.created", NOON, reporter="r-1", reason="drugs")

    actions = decide_anew(cleo, "prohibited_item", trigger, factories.entity("listing", "l-1"), "listings", 1)

    assert actions == [("account.warn", "s-1")]


def test_targets_in_payments_are_payouts_of_the_sellers(cleo):
    build.payout("p-1", "s-1", 700)
    build.payout("p-2", "b-1", 700)
    trigger = factories.event("payment.captured", NOON, payment="x-1", buyer="b-1", seller="s-1", amount=700)

    actions = decide_anew(cleo, "payment_fraud", trigger, factories.entity("payment", "x-1"), "payments", 1)

    assert actions == [("payout.hold", "p-1")]


def decide_anew(person, abuse_type, trigger, subject, queue, key):  # noqa: PLR0917
    """Make a case of one event, decide it with a preset, and return the actions as (kind, target)."""
    from guardian.shortcuts import assign_perm

    from cases.models import Queue

    assign_perm("review_queue", person, Queue.objects.get(slug=queue))
    person._queue_rights = None
    build.signal(subject, abuse_type, events=(trigger,))
    correlation.correlate_pending(limit=10, now=NOON)
    held = claims.claim(case_id=Case.objects.get().pk, actor=person, now=NOON)
    build.decision(held, **build.choice(key, queue))
    return list(Action.objects.order_by("id").values_list("kind", "entity__external_id"))
