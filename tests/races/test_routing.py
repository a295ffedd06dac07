"""Evidence that would send a case elsewhere never takes it from the person who holds it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from cases.models import Case, Queue, RoutingRule
from cases.services import catalogue, claims, correlation
from tests.cases import build
from tests.factories import NOON, after

CASES = 12


@pytest.mark.django_db(transaction=True)
def test_case_that_is_being_claimed_is_sent_on_or_held_but_never_both(ada, queue_a):
    """Ada holds it in her queue, or it went on before she could take it; she may not review the other queue."""
    big = Queue.objects.create(
        slug="ato-big", name="Big", position=9, abuse_type=queue_a.abuse_type, is_default=False,
        subject_roles=queue_a.subject_roles, due_minutes=queue_a.due_minutes, stake_rule=queue_a.stake_rule,
    )  # fmt: skip
    catalogue.forget()
    RoutingRule.objects.create(
        name="critical", position=1, queue=big, conditions=[["severity", "is", "critical"]], changed_at=NOON
    )
    for number in range(CASES):
        case = build.case(f"a-{number}", severity="high")
        build.signal(case.entity, severity="critical", events=(build.login(f"a-{number}", after(1)),), at=after(1))

    def fold() -> None:
        while correlation.correlate_pending(limit=1, now=after(1)):
            pass
        connections.close_all()

    def take() -> None:
        while claims.claim_next(queue=queue_a, actor=ada, now=after(1)):
            pass
        connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(fold), pool.submit(take)]:
            done.result(timeout=120)

    found = set(Case.objects.values_list("queue__slug", "state"))
    assert found <= {("ato", "reviewing"), ("ato-big", "queued")}
    assert Case.objects.count() == CASES
    catalogue.forget()
