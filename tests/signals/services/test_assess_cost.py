"""What a verdict costs: the number of statements, which a budget of milliseconds must pay for."""

import time

import pytest
from django.db import connections

from cases.services import correlation
from signals.services import in_time
from tests.signals.services.assessing import ask, detector, finding, guess_password, login

FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
# Each with room for a feature more; who exceeds one looks where the time of everybody who waits has gone.
MOST_QUIET, MOST_FOUND, MOST_AGAIN = 24, 38, 6


@pytest.fixture
def statements(transactional_db, monkeypatch):
    """Count what the one thread of this test asks of the database."""
    in_time.stop()
    monkeypatch.setattr(in_time, "THREADS", 1)
    asked: list[str] = []

    def note(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    def listen() -> None:
        connections["default"].execute_wrappers.append(note)

    ask(login("first", data={"account": "ben"}), route=correlation.correlate_at_once)
    in_time.run(listen, deadline=time.monotonic() + 20)
    yield asked
    in_time.stop()


def test_quiet_event_costs_few_statements(statements):
    ask(login("evt-1"))

    assert len(statements) <= MOST_QUIET, statements


def test_found_event_costs_few_statements_with_its_case(statements, monkeypatch):
    detector(monkeypatch, finding(0.95))
    ask(login("evt-1"), route=correlation.correlate_at_once)
    statements.clear()

    answer = ask(login("evt-2", minutes=1), route=correlation.correlate_at_once)

    assert answer.case
    assert len(statements) <= MOST_FOUND, statements


def test_many_rules_cost_no_statement_more(statements, monkeypatch):
    ask(login("evt-1"))
    quiet = len(statements)
    for number in range(50):
        detector(monkeypatch, lambda view: None, name=f"ato.quiet_{number}", alone=False)
    statements.clear()

    ask(login("evt-2", minutes=1))

    assert len(statements) == quiet


def test_duplicate_costs_the_intake_and_one_look(statements):
    guess_password()
    ask(login("evt-1"))
    statements.clear()

    ask(login("evt-1"))

    assert len(statements) <= MOST_AGAIN, statements
