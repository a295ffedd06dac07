"""Actions, audit, entity page, look-up."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.action_kinds import KINDS
from cases.models import Action
from cases.queries import actions, audit, entity_page, search
from cases.services import decisions
from cases.verbs import Verb
from tests import factories
from tests.cases import build
from tests.factories import after
from tscore.core.errors import Missing


def test_action_page_shows_only_ones_own_queues(ada, ben):
    build.decision(build.held_case(ada))

    mine, his = (actions.action_page(user=person) for person in (ada, ben))

    assert [(row.kind, row.target.text, row.state, row.may_undo) for row in mine.rows] == [
        ("account.revoke_sessions", "a-1", "pending", True),
        ("account.suspend", "a-1", "pending", True),
    ]
    assert (mine.state_counts, his.rows, his.state_counts) == ({"pending": 2}, [], {})


def test_action_page_ties_an_action_to_its_reversal(ada):
    decision = build.decision(build.held_case(ada), action_kinds=["account.suspend"])
    Action.objects.update(state="done")
    decisions.reverse(decision_id=decision.pk, actor=ada, now=after(1))

    rows = actions.action_page(user=ada).rows

    assert [(row.kind, row.reverses, row.reversed_by, row.may_undo) for row in rows] == [
        ("account.restore", rows[1].public_id, None, False),
        ("account.suspend", None, rows[0].public_id, False),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_action_page_costs_the_same_for_few_and_many(ada, count):
    for number in range(count):
        build.decision(build.held_case(ada, f"a-{number}"))

    with CaptureQueriesContext(connection) as captured:
        page = actions.action_page(user=ada)

    assert (len(page.rows), len(captured)) == (2 * count, 2)


def test_audit_page_says_every_entry_in_a_sentence(ada):
    held = build.held_case(ada)
    build.decision(held)

    page = audit.audit_page(object_type="case", object_ref=held.ref)

    assert [(row.who, row.sentence, row.seq) for row in page.rows] == [
        ("Ada", "decided the case", None),
        ("Ada", "took the case", None),
    ]
    assert page.unsealed_count == 2


def test_audit_page_filters_by_verb_and_person(ada, cleo):
    build.held_case(ada, "a-1")
    build.held_case(cleo, "a-2")

    by_person = audit.audit_page(actor_id=cleo.pk).rows
    by_verb = audit.audit_page(verb="case.claimed").rows

    assert ([row.who for row in by_person], [row.who for row in by_verb]) == (["Cleo"], ["Cleo", "Ada"])


def test_every_verb_has_a_sentence():
    assert [verb for verb in Verb.values if not audit.sentences()[verb]] == []


def test_every_action_kind_says_what_it_does():
    assert [kind for kind, words in KINDS.items() if not (words.sentence and words.done_sentence)] == []
    assert {words.inverse for words in KINDS.values() if words.inverse} - set(KINDS) == set()


def test_entity_page_hides_cases_of_other_queues(ada, ben):
    build.decision(build.held_case(ada))
    entity = entity_page.entity_for("account", factories.entity("account", "a-1").ref)

    mine, his = (entity_page.entity_page(entity=entity, user=person) for person in (ada, ben))

    assert ([case.state for case in mine.cases], mine.hidden_cases, len(mine.actions)) == (["closed"], 0, 2)
    assert (his.cases, his.hidden_cases, his.actions) == ([], 1, [])
    assert [label.label_class for label in mine.labels] == ["ato.confirmed", "ato.confirmed"]
    assert [event.kind for event in mine.timeline] == ["login.succeeded"]


def test_entity_page_of_nothing_is_missing(db):
    with pytest.raises(Missing):
        entity_page.entity_for("account", "en_nothing")


@pytest.mark.parametrize("text", ["{ref}", "{ref_lower}", "{number}", "a-1", " a-1 "])
def test_look_up_finds_the_case(ada, text):
    case = build.case()
    number = text.format(ref=case.ref, ref_lower=case.ref.lower(), number=f"c{case.pk}")

    found = search.look_up(user=ada, text=number)

    assert [other.ref for other in found.cases] == [case.ref]


def test_look_up_shows_entities_but_no_cases_of_other_queues(ben):
    case = build.case()

    found, by_ref = search.look_up(user=ben, text="a-1"), search.look_up(user=ben, text=case.ref)

    assert ([name.text for name in found.entities], found.cases, by_ref.cases) == (["a-1"], [], [])


def test_look_up_of_nothing_says_what_it_looks_for(ada):
    found = search.look_up(user=ada, text="zzz")

    assert found.understood == "an id, e-mail, telephone number, address, card or case number"
