"""Everything the review workspace reads."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from cases.queries import case_header, decide, mine, what, who
from cases.services import correlation, decisions, drafts, notes
from signals.models import Link, PersonalValue, Signal
from signals.services.intake.entities import aad
from tests import factories
from tests.cases import build
from tests.factories import NOON, after
from tscore.core import crypto
from tscore.core.errors import Missing


def seen_by(person, case):
    return case_header.case_for(person, case.ref)


@pytest.mark.parametrize("ref", ["C-0", "C-", "x", "C-1; drop", "C-99999999999999999999", "C-١"])
def test_case_for_finds_nothing_behind_a_wrong_word(ada, ref):
    with pytest.raises(Missing):
        case_header.case_for(ada, ref)


def test_case_for_hides_other_queues(ben):
    case = build.case()

    with pytest.raises(Missing):
        case_header.case_for(ben, case.ref)


def test_header_says_whose_the_case_is(ada, cleo):
    case = build.held_case(ada)

    mine_, hers = (
        case_header.header(case=seen_by(person, case), user=person, now=NOON).lease for person in (ada, cleo)
    )

    assert (mine_.state, mine_.may_hold, 590 < mine_.seconds_left <= 600) == ("mine", True, True)
    assert (hers.state, hers.holder_name, hers.may_hold) == ("other", "Ada", False)


def test_header_shows_the_terms_of_the_rank(ada):
    case = build.case(score=0.5)
    Case.objects.filter(pk=case.pk).update(priority=0.5 * 1000 * 1.75)

    terms = case_header.header(case=seen_by(ada, case), user=ada, now=after(50)).terms

    assert (terms.probability, terms.stake_minor, terms.used_share, terms.priority) == (0.5, 1000, 0.75, 875)


def test_header_leads_to_the_newer_case(ada):
    held = build.held_case(ada)
    build.decision(held)
    newer = build.case("a-1", at=after(5))

    old = case_header.header(case=seen_by(ada, held), user=ada, now=after(6))
    new = case_header.header(case=seen_by(ada, newer), user=ada, now=after(6))

    assert (old.lease.state, old.newer_ref, new.follows_ref) == ("closed", newer.ref, held.ref)


def test_who_shows_what_is_shared_and_how_many_were_actioned(ada):
    case = build.case("a-1")
    for number, state in (("a-1", ""), ("a-2", "suspended"), ("a-3", "active")):
        account, device = factories.entity("account", number), factories.entity("device", "d-1")
        type(account).objects.filter(pk=account.pk).update(state=state)
        Link.objects.create(
            origin=account, target=device, kind="device", first_seen_at=NOON, last_seen_at=NOON, count=2
        )

    [linked] = who.who(case=seen_by(ada, case)).linked

    assert (linked.name.text, linked.link_kind, linked.count) == ("d-1", "device", 2)
    assert (linked.account_count, linked.actioned_count) == (3, 1)


def test_who_shows_what_was_decided_before(ada):
    build.decision(build.held_case(ada))
    case = build.case("a-1", at=after(5))

    found = who.who(case=seen_by(ada, case))

    assert (found.subject.prior_decisions, found.subject.label_classes) == (1, ["ato.confirmed"])
    assert [(other.ref, other.state, other.verdict) for other in found.other_cases] == [
        (Case.objects.earliest("id").ref, "closed", "bad")
    ]


def test_what_tells_signals_evidence_and_time_line(ada):
    build.login("a-1", after(-30))
    case = build.case("a-1")
    build.signal(case.entity, score=0.95, sentence="More.")
    correlation.correlate_pending(limit=10, now=after(5))

    found = what.what(case=seen_by(ada, case), seen_at=after(1))

    assert [(signal.score, signal.is_new) for signal in found.signals] == [(0.95, True), (0.8, False)]
    assert [event.occurred_at for event in found.evidence] == [NOON]
    assert [(event.occurred_at, event.is_evidence, event.is_trigger) for event in found.timeline] == [
        (NOON, True, True),
        (after(-30), False, False),
    ]


def test_what_strikes_out_retracted_signals(ada):
    case = build.case()
    Signal.objects.update(retracted_at=after(1))

    found = what.what(case=seen_by(ada, case))

    assert [signal.is_retracted for signal in found.signals] == [True]
    assert found.evidence == []


def test_what_opens_personal_values_and_texts(ada):
    trigger = factories.event(
        "login.failed", NOON, method="password", account="a-1", username_typed="<b>", context={"ip": "tok_ip1"}
    )
    ip = factories.entity("ip", "tok_ip1")
    PersonalValue.objects.create(entity=ip, ciphertext=crypto.seal("192.0.2.4", aad("ip", "tok_ip1")), key_id="k")
    build.signal(factories.entity("account", "a-1"), events=(trigger,))
    correlation.correlate_pending(limit=10, now=NOON)

    [event] = what.what(case=seen_by(ada, Case.objects.get())).evidence

    assert {role: name.text for role, name in event.entities} == {"account": "a-1", "ip": "192.0.2.4"}
    assert (event.texts, event.fields) == ([("username_typed", "<b>")], [("method", "password")])


def test_what_reads_notes_until_they_are_erased(ada):
    case = build.case()
    note = notes.add(case_id=case.pk, actor=ada, text="Called the owner.", now=after(1))
    before = what.what(case=seen_by(ada, case)).notes
    note.body_key.delete()

    erased = what.what(case=seen_by(ada, case)).notes

    assert ([found.text for found in before], [found.text for found in erased]) == (["Called the owner."], [None])


def test_decide_panel_puts_effects_into_words(ada):
    build.payout("p-1", "a-1", 5000)
    build.payout("p-2", "a-1", 5000)
    case = build.held_case(ada)

    panel = decide.decide_panel(case=seen_by(ada, case), user=ada, now=NOON)

    assert (panel.may_decide, panel.may_claim) == (True, False)
    assert [(preset.key, preset.name) for preset in panel.presets] == [
        (1, "Lock, end sessions, hold payouts"),
        (2, "Reset password, keep open"),
        (3, "Owner confirmed"),
    ]
    assert [(effect.sentence, effect.starts) for effect in panel.presets[0].effects] == [
        ("locks the account", "now"),
        ("ends every session of the account", "now"),
        ("holds the payout (2 of them)", "now"),
    ]


def test_effect_line_says_that_nothing_was_found(ada):
    case = build.held_case(ada)

    [line] = decide.effect_lines(case=seen_by(ada, case), action_kinds=["payout.hold"], unticked_event_ids=[])

    assert line.sentence == "Hold payout: no payout found in this case, so nothing happens."


def test_decide_panel_of_a_held_effect_names_its_delay(ada):
    case = build.held_case(ada)

    [line] = decide.effect_lines(case=seen_by(ada, case), action_kinds=["account.warn"], unticked_event_ids=[])

    assert line.starts == "in 10 s"


def test_decide_panel_of_somebody_elses_case_offers_nothing(ada, cleo):
    case = build.held_case(ada)

    panel = decide.decide_panel(case=seen_by(cleo, case), user=cleo, now=NOON)

    assert (panel.may_decide, panel.may_claim) == (False, False)


def test_decide_panel_brings_back_the_draft(ada, cleo):
    case = build.held_case(ada)
    drafts.save(case_id=case.pk, actor=ada, fields={"note": "half"}, now=NOON)
    drafts.save(case_id=case.pk, actor=ada, fields={"note": "whole"}, now=NOON)

    panels = [decide.decide_panel(case=seen_by(person, case), user=person, now=NOON) for person in (ada, cleo)]

    assert [panel.draft for panel in panels] == [{"note": "whole"}, None]


def test_decide_panel_offers_undo_to_the_decider_alone(ada, cleo):
    case = build.held_case(ada)
    decision = build.decision(case)

    hers, mine_ = (
        decide.decide_panel(case=seen_by(person, case), user=person, now=NOON).past for person in (cleo, ada)
    )
    decisions.reverse(decision_id=decision.pk, actor=ada, now=after(1))
    reversed_ = decide.decide_panel(case=seen_by(ada, case), user=ada, now=NOON).past

    assert [[past.undo_by_me for past in pasts] for pasts in (hers, mine_, reversed_)] == [
        [False],
        [True],
        [False, False],
    ]


def test_decide_panel_names_colleagues_of_the_queue(ada, ben, cleo):
    case = build.held_case(ada)

    panel = decide.decide_panel(case=seen_by(ada, case), user=ada, now=NOON)

    assert panel.colleagues == [(cleo.pk, "Cleo")]


def test_undone_names_what_stays(ada):
    decision = build.decision(build.held_case(ada))
    decision.actions.update(state="done")
    reversal = decisions.reverse(decision_id=decision.pk, actor=ada, now=after(1))

    told = mine.undone(decision_id=reversal.pk)

    assert (told.reopened, told.newer_ref, told.stays) == (True, None, ["sessions ended"])


@pytest.mark.parametrize("signals", [1, 30])
def test_workspace_costs_the_same_for_few_and_many_signals(ada, signals):
    for number in range(signals):
        trigger = build.login("a-1", after(number - 60), context={"device": f"d-{number}"})
        build.signal(factories.entity("account", "a-1"), events=(trigger,))
    correlation.correlate_pending(limit=100, now=NOON)
    case = Case.objects.get()

    with CaptureQueriesContext(connection) as captured:
        found = seen_by(ada, case)
        case_header.header(case=found, user=ada, now=NOON)
        who.who(case=found)
        what.what(case=found)
        decide.decide_panel(case=found, user=ada, now=NOON)

    assert len(captured) == 18, [query["sql"] for query in captured.captured_queries]
