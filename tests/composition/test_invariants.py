import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from cases.services import decisions, enforcement
from signals.models import Event
from tests import factories
from tests.cases import build
from tests.core.trail import tamper
from tscore import invariants
from tscore.core.audit import seal


def check_invariants(*arguments):
    out = StringIO()
    try:
        call_command("check_invariants", *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def test_empty_console_breaks_nothing(db):
    code, lines = check_invariants("--settled")

    asked = len(invariants.FAULTS + invariants.UNFINISHED)
    assert code == 0
    assert lines == [
        f"{asked} of {asked} invariants hold; 0 events, 0 signals, 0 open cases "
        "(queued: ato 0, phishing 0, payments 0, listings 0), 0 decisions"
    ]


def test_event_that_nobody_will_score_is_named(db, now):
    event = factories.event("login.failed", now, account="a-17", method="password")
    type(event).objects.filter(pk=event.pk).update(next_at=None)

    code, lines = check_invariants()

    assert code == 1
    assert lines[0] == f"BROKEN Every accepted event is scored or waits to be scored: 1 do not (event {event.pk})"


def test_event_that_waits_is_unfinished_only_at_rest(db, now):
    event = factories.event("login.failed", now, account="a-17", method="password")
    type(event).objects.filter(pk=event.pk).update(next_at=now)

    assert check_invariants()[0] == 0
    assert check_invariants("--settled")[1][0] == f"BROKEN Every event is scored: 1 do not (event {event.pk})"


@pytest.mark.parametrize("invariant", invariants.FAULTS + invariants.UNFINISHED, ids=lambda one: one.sentence)
def test_every_statement_returns_one_text_a_row(db, services, invariant):
    assert invariants.breaches((invariant,)) == []
    assert invariant.sql.lstrip().startswith("SELECT ")


def test_only_some_offenders_are_shown(db, now):
    for number in range(12):
        event = factories.event("login.failed", now, account=f"a-{number}", method="password")
        type(event).objects.filter(pk=event.pk).update(next_at=None)

    [line, _] = check_invariants()[1]

    assert ": 12 do not (" in line
    assert line.endswith(", …)")


@pytest.fixture
def decided_and_taken_back(ada, market):
    """One case decided, its actions delivered, the decision taken back, and that delivered as well."""
    decision = build.decision(build.held_case(ada))
    enforcement.deliver_pending(limit=20, now=factories.after(1))
    decisions.reverse(decision_id=decision.pk, actor=ada, now=factories.after(2))
    enforcement.deliver_pending(limit=20, now=factories.after(3))
    Event.objects.update(scored_at=factories.NOON, features={})
    seal.seal_pending(limit=100, now=factories.after(4))
    return decision


@pytest.mark.django_db(transaction=True)
def test_decision_delivered_and_taken_back_breaks_nothing(decided_and_taken_back):
    code, lines = check_invariants("--settled")

    assert (code, len(lines)) == (0, 1)
    assert lines[0].endswith("1 open cases (queued: ato 0, phishing 0, payments 0, listings 0), 2 decisions")


BROKEN = {
    "Every live signal that was routed is in exactly one case": "DELETE FROM cases_casesignal",
    "No signal of the shadow or of loaded history is in a case": "UPDATE signals_signal SET mode = 'shadow'",
    "Every case is in the queue of its abuse type": "UPDATE cases_case SET queue_id = queue_id + 1",
    "A case has a holder exactly while it is under review": "UPDATE cases_case SET state = 'queued'",
    "Every decision keeps what the reviewer saw": "DELETE FROM cases_evidencesnapshot",
    "Every decision wrote labels": "DELETE FROM signals_label",
    "Every decision stands in the audit trail": "DELETE FROM core_auditevent WHERE verb = 'case.decided'",
    "Every settled action says when, and no unsettled one does": "UPDATE cases_action SET settled_at = NULL",
    "Every action being sent is leased": "UPDATE cases_action SET state = 'sending', settled_at = NULL",
    "Every logged value is in the feature log or waits to be copied": "UPDATE signals_event SET feature_version = 'x'",
    "Every event takes part in the index that screens and features read": "DELETE FROM signals_involvement",
    "An action is compensated exactly when the one that reverses it is done": (
        "UPDATE cases_action SET state = 'done' WHERE state = 'compensated'"
    ),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sentence", BROKEN)
def test_check_names_what_was_broken(decided_and_taken_back, services, sentence):
    tamper(services, connection.settings_dict["NAME"], BROKEN[sentence])

    code, lines = check_invariants()

    assert code == 1
    assert sentence in [line.removeprefix("BROKEN ").partition(":")[0] for line in lines]


# What migrations took the constraint from, the statement that leaves an orphan there, and how it is named.
ORPHANS = {
    "Every involvement has the event it names": (
        "UPDATE signals_involvement SET event_id = 900000 + event_id WHERE role = 'account'",
        r"involvement 9\d+/\d+/account names event 9\d+",
    ),
    "Every involvement has the entity it names": (
        "UPDATE signals_involvement SET entity_id = 900002 WHERE role = 'account'",
        r"involvement \d+/900002/account names entity 900002",
    ),
    "Every link has the origin it names": (
        "INSERT INTO signals_link (origin_id, target_id, kind, first_seen_at, last_seen_at, count)"
        " SELECT 900003, id, 'device', now(), now(), 1 FROM signals_entity LIMIT 1",
        r"link 900003/\d+/device names entity 900003",
    ),
    "Every link has the target it names": (
        "INSERT INTO signals_link (origin_id, target_id, kind, first_seen_at, last_seen_at, count)"
        " SELECT id, 900004, 'device', now(), now(), 1 FROM signals_entity LIMIT 1",
        r"link \d+/900004/device names entity 900004",
    ),
    "Every event has the actor it names": (
        "UPDATE signals_event SET actor_id = 900005",
        r"event \d+ names entity 900005",
    ),
    "Every event has the source it names": (
        "UPDATE signals_event SET source_id = 30006",
        r"event \d+ names source 30006",
    ),
    "Every personal text has the event it names": (
        "INSERT INTO signals_personaltext (event_id, member, text) VALUES (900007, 'text', 'x')",
        r"personal text \d+ names event 900007",
    ),
    "Every personal value has the entity it names": (
        "INSERT INTO signals_personalvalue (entity_id, ciphertext, key_id) VALUES (900008, '', '')",
        r"personal value 900008 names entity 900008",
    ),
    "Every image copy has the entity it names": (
        "INSERT INTO signals_imagecopy (entity_id, state, asked_at) VALUES (900010, 'wanted', now())",
        r"image copy \d+ names entity 900010",
    ),
    "Every draw has the event it names": (
        "INSERT INTO cases_draw (stratum_id, event_id, number, joined) VALUES (1, 900009, '', false)",
        r"draw \d+ names event 900009",
    ),
}


def test_every_reference_without_a_constraint_is_checked(db):
    checked = {one.sentence for one in invariants.FAULTS if re.search(" names [a-z]+ '", one.sql)}

    assert checked == set(ORPHANS)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sentence", ORPHANS)
def test_check_names_and_counts_orphans(services, now, sentence):
    statement, named = ORPHANS[sentence]
    factories.event("login.failed", now, account="a-17", method="password")
    tamper(services, connection.settings_dict["NAME"], statement)

    code, lines = check_invariants()

    [line] = [line for line in lines if line.startswith(f"BROKEN {sentence}: ")]
    assert code == 1
    assert re.fullmatch(rf"BROKEN {sentence}: 1 do not \({named}\)", line)
