"""Very many signals about few entities come in and are folded into cases at the same moment."""

import json
from collections import Counter
from datetime import timedelta

import pytest

from cases.models import Case, CaseSignal
from cases.services import correlation
from signals.models import Signal
from signals.services import ingest
from signals.services.signals.intake import ingest_signals
from tests.factories import NOON
from tests.races.threads import side_by_side
from tests.signals.api.items import login
from tscore import invariants

SENDERS, CORRELATORS = 4, 4
BATCH = 25
PATIENCE_S = 1800


def item(number, entities):
    data = {
        "detector": "outside.model",
        "detector_version": "1",
        "entity": {"kind": "account", "id": f"a-{number % entities}"},
        "abuse_type": "account_takeover",
        "score": 0.5 + (number % 50) / 100,
        "reasons": [{"code": "odd", "sentence": "Something is odd.", "value": number}],
        "dedupe_key": f"key-{number}",
        "events": [{"source": "outside", "id": f"evt-{number % entities}"}],
    }
    at = (NOON + timedelta(seconds=number)).isoformat()
    return json.dumps({"id": f"sig-{number}", "type": "signal.raised", "time": at, "data": data}).encode()


@pytest.mark.parametrize(("signals", "entities"), [(200, 10), pytest.param(10_000, 100, marks=pytest.mark.slow)])
def test_concurrent_signals_about_few_entities_leave_one_open_case_each(transactional_db, signals, entities):
    accounts = [login(number, data={"account": f"a-{number}"}) for number in range(entities)]
    ingest.ingest(source="outside", items=[json.dumps(one).encode() for one in accounts], received_at=NOON)

    def send(sender):
        numbers = range(sender, signals, SENDERS)
        items = [item(number, entities) for number in numbers]
        for first in range(0, len(items), BATCH):
            accepted = ingest_signals(source="outside", items=items[first : first + BATCH], received_at=NOON)
            assert accepted.counts["refused"] == 0, accepted

    def fold(_number):
        # As a worker does: look again and again, whether or not there is something to do.
        while Signal.objects.count() < signals or Signal.objects.filter(routed_at=None).exists():
            correlation.correlate_pending(limit=50, now=NOON + timedelta(days=1))

    def work(number):
        return send(number) if number < SENDERS else fold(number)

    side_by_side(work, threads=SENDERS + CORRELATORS, patience_s=PATIENCE_S)

    open_cases = Case.objects.exclude(state="closed").values_list("entity__external_id", flat=True)
    assert Counter(open_cases) == dict.fromkeys((f"a-{number}" for number in range(entities)), 1)
    assert CaseSignal.objects.count() == Signal.objects.count() == signals
    assert invariants.breaches(invariants.FAULTS) == []
