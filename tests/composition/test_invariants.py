from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests import factories
from tscore import invariants


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
