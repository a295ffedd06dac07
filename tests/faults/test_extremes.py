"""Traffic and clocks at their worst: one entity in every event, a hub of very many, clocks that are years off."""

import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from cases.models import Case
from signals.models import Entity, Event, Link, Signal
from signals.services import ingest
from tests.faults.events import accept_spraying
from tests.races.threads import side_by_side
from tscore import pipeline
from tscore.core.db import rows

pytestmark = pytest.mark.django_db(transaction=True)
TWO_YEARS = timedelta(days=730)
BATCHES, THREADS = 6, 4


def login(name, at, *, account, ip="198.51.100.9"):
    """Return one failed sign-in as it is sent."""
    data = {"account": account, "context": {"ip": ip, "device": "d-hot"}}
    return json.dumps({"id": name, "type": "login.failed", "time": at.isoformat(), "data": data}).encode()


def send(items):
    return ingest.ingest(source="shop", items=items, received_at=datetime.now(UTC), over_http=True)


def step(*stages, clock=lambda: datetime.now(UTC)):
    return [pipeline.run_stage(stage, clock=clock) for stage in stages]


def test_one_entity_in_every_event_costs_no_batch_and_no_count():
    now = datetime.now(UTC)

    def sender(number):
        return [
            send([login(f"e-{number}-{turn}-{n}", now, account="a-hot") for n in range(25)]).counts["new"]
            for turn in range(BATCHES)
        ]

    stored = side_by_side(sender, threads=THREADS)
    step("score", "correlate")

    count = 25 * BATCHES * THREADS
    assert stored == [[25] * BATCHES] * THREADS
    assert Entity.objects.count() == 3
    assert set(Link.objects.values_list("count", flat=True)) == {count}
    assert Event.objects.exclude(scored_at=None).count() == count
    assert set(Counter(Case.objects.values_list("entity", "abuse_type")).values()) <= {1}


@pytest.mark.parametrize("links", [2_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_hub_of_very_many_links_costs_an_event_no_more(links):
    now = datetime.now(UTC)
    send([login("first", now, account="a-first")])
    address = Entity.objects.get(kind="ip")
    rows(
        """WITH made AS (INSERT INTO signals_entity (kind, external_id, ref, attributes, state, hub, first_seen_at,
             last_seen_at) SELECT 'account', 'h-' || n, 'en_hub_' || n, '{}', '', false, %(now)s, %(now)s
           FROM generate_series(1, %(links)s) n RETURNING id)
        INSERT INTO signals_link (origin_id, target_id, kind, first_seen_at, last_seen_at, count)
        SELECT id, %(hub)s, 'ip', %(now)s, %(now)s, 1 FROM made""",
        {"now": now, "links": links, "hub": address.pk},
    )

    began = time.monotonic()
    answer = send([login(f"late-{n}", now, account=f"a-{n}") for n in range(50)])
    handled = step("score", "correlate")
    took = time.monotonic() - began

    address.refresh_from_db()
    assert (answer.counts["new"], handled[0], address.hub) == (50, 51, True)
    assert Signal.objects.filter(routed_at=None).count() == 0
    assert took < 10  # a walk along all of them, for each event, would take minutes


@pytest.mark.parametrize("away", [TWO_YEARS, -TWO_YEARS], ids=["ahead", "behind"])
def test_sender_whose_clock_is_two_years_off_is_taken_and_said_so(away):
    answer = send([login("e-1", datetime.now(UTC) + away, account="a-1")])
    step("score", "correlate")

    assert answer.items[0].status == "new"
    assert Event.objects.get().flags != []
    assert Event.objects.get().scored_at is not None


@pytest.mark.parametrize("away", [TWO_YEARS, -TWO_YEARS], ids=["ahead", "behind"])
def test_worker_whose_clock_is_two_years_off_loses_and_doubles_nothing(away):
    accepted = accept_spraying(at=datetime.now(UTC))

    wrong = step("score", "correlate", "rerank", "release", clock=lambda: datetime.now(UTC) + away)
    right = step("score", "correlate", "rerank", "release")

    assert (wrong[0], right[0]) == ((len(accepted), 0) if away > timedelta(0) else (0, len(accepted)))
    assert Event.objects.exclude(scored_at=None).count() == len(accepted)
    assert Signal.objects.filter(routed_at=None).count() == 0
    assert set(Counter(Case.objects.values_list("entity", "abuse_type")).values()) == {1}
