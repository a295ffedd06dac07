"""A worker dies by SIGKILL at the worst moments; nothing is lost and nothing is done twice."""

import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime

import pytest

from cases.models import Action, Case, Decision
from signals.models import Event, Label, Signal
from tests.cases import build
from tests.faults import stages
from tests.faults.events import accept_spraying
from tests.processes import becomes_true
from tscore.core import db
from tscore.core.models import AuditEvent

LEASE_S = 1.2


def decide_some(person, count=3):
    for number in range(count):
        build.decision(build.held_case(person, f"a-{number}"))


def each_once(market):
    """Say whether the ledger holds every action exactly once."""
    return Counter(line["action"] for line in market.ledger()) == dict.fromkeys(
        Action.objects.values_list("public_id", flat=True), 1
    )


@pytest.mark.parametrize(("crash_at", "effects_before"), [("deliver.after_claim", 0), ("deliver.after_send", 6)])
def test_killed_delivery_is_taken_up_again(transactional_db, ada, market, crash_at, effects_before):
    decide_some(ada)

    killed = stages.run_stages("deliver", crash_at=crash_at, marketplace=market.url)
    between = (len(market.ledger()), set(Action.objects.values_list("state", flat=True)))
    early = stages.run_stages("deliver", marketplace=market.url)
    still = Action.objects.exclude(state="done").count()
    time.sleep(LEASE_S)
    stages.run_stages("deliver", marketplace=market.url)

    assert (killed, early) == (-9, 0)
    assert between[0] == effects_before
    assert still in (0, 6)  # the second run met running leases, unless starting it took longer than they last
    assert set(Action.objects.values_list("state", flat=True)) == {"done"}
    assert each_once(market)
    assert AuditEvent.objects.filter(verb="action.done").count() == 6


@pytest.mark.parametrize("crash_at", ["score.leased", "score.settled"])
def test_killed_scoring_is_taken_up_again(transactional_db, crash_at):
    accepted = accept_spraying(at=datetime.now(UTC))

    killed = stages.run_stages("score", crash_at=crash_at)
    time.sleep(LEASE_S)
    stages.run_stages("score", "correlate")

    assert killed == -9
    assert sorted(Event.objects.exclude(scored_at=None).values_list("external_id", flat=True)) == sorted(accepted)
    assert Event.objects.filter(scored_at=None).count() == 0
    routed = list(Signal.objects.values_list("detector", "entity", "dedupe_key"))
    assert len(routed) == len(set(routed)) > 0
    assert Signal.objects.filter(routed_at=None).count() == 0
    assert set(Counter(Case.objects.values_list("entity", "abuse_type")).values()) == {1}


DECIDE = """
import django
django.setup()
from cases.models import Case
from tests.cases import build
build.decision(Case.objects.get())
"""


def test_killed_decision_leaves_nothing(transactional_db, ada):
    held = build.held_case(ada)

    killed = subprocess.run(
        [sys.executable, "-c", DECIDE],
        env=stages._environment("decide.after_outbox", ""),
        cwd=stages.ROOT,
        timeout=stages.PATIENCE_S,
        check=False,
    )

    assert killed.returncode == -9
    assert (Decision.objects.count(), Action.objects.count(), Label.objects.count()) == (0, 0, 0)
    held.refresh_from_db()
    assert (held.state, held.version) == ("reviewing", 1)
    build.decision(held)
    assert Decision.objects.count() == 1


def test_killed_worker_is_followed_by_another(transactional_db, broker, ada, market, tmp_path):
    accepted = accept_spraying(at=datetime.now(UTC))
    decide_some(ada)
    with stages.beat(tmp_path / "beat", marketplace=market.url):
        with stages.worker(crash_at="deliver.after_send", marketplace=market.url) as doomed:
            died = becomes_true(lambda: doomed.poll() is not None, within_s=30)
        with stages.worker(marketplace=market.url):
            finished = becomes_true(_is_quiet, within_s=40)

    assert (died, doomed.returncode, finished) == (True, -9, True)
    assert Event.objects.exclude(scored_at=None).filter(external_id__in=accepted).count() == len(accepted)
    assert each_once(market)


def _is_quiet():
    return (
        not Event.objects.filter(scored_at=None).exists()
        and not Signal.objects.filter(routed_at=None).exists()
        and not Action.objects.exclude(state="done").exists()
    )


def test_worker_keeps_its_connections_and_with_them_its_plans_from_wake_to_wake(transactional_db, broker, tmp_path):
    with stages.beat(tmp_path / "beat"), stages.worker():
        assert becomes_true(lambda: len(_connections()) == 2, within_s=30)  # one a thread
        before = _connections()
        time.sleep(3)  # three wakes of each stage
        after = _connections()

    assert after == before


def _connections():
    """Return the connections that are not our own."""
    found = db.rows(
        "SELECT pid, backend_start FROM pg_stat_activity WHERE datname = current_database() AND usename = 'app'"
        " AND pid <> pg_backend_pid()"
    )
    return set(found)
