"""The broker forgets everything; the rows are the record, and the next tick finds them."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from cases.models import Action
from signals.models import Event, Signal
from tests import database
from tests.cases import build
from tests.faults import stages
from tests.faults.events import accept_spraying
from tests.processes import becomes_true


def is_quiet():
    return (
        not Event.objects.filter(scored_at=None).exists()
        and not Signal.objects.filter(routed_at=None).exists()
        and not Action.objects.exclude(state="done").exists()
    )


@pytest.mark.usefixtures("transactional_db", "broker")
def test_flushed_broker_loses_no_event_and_no_effect(services, ada, market, tmp_path):
    accepted = accept_spraying(at=datetime.now(UTC))
    for number in range(4):
        build.decision(build.held_case(ada, f"b-{number}"))
    database.empty_broker(services)

    with stages.worker(marketplace=market.url), stages.beat(tmp_path / "beat", marketplace=market.url):
        becomes_true(lambda: Event.objects.exclude(scored_at=None).exists(), within_s=30)
        accepted += accept_more()
        database.empty_broker(services)
        finished = becomes_true(is_quiet, within_s=40)

    assert finished
    assert Event.objects.exclude(scored_at=None).filter(external_id__in=accepted).count() == len(accepted)
    ledger = Counter(line["action"] for line in market.ledger())
    assert ledger == dict.fromkeys(Action.objects.values_list("public_id", flat=True), 1)


def accept_more():
    """Send the same sign-ins again, for other accounts, while the worker runs."""
    return accept_spraying(at=datetime.now(UTC), first=100)
