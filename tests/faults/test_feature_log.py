"""A worker dies by SIGKILL while it copies values into the feature log: nothing is lost, nothing is there twice."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pyarrow.parquet as pq
import pytest

from signals.models import Event, FeaturePart, ScoredBatch
from tests.faults import stages
from tests.faults.events import accept_spraying

LEASE_S = 1.2


@pytest.mark.parametrize(
    "crash_at", ["feature_log.planned", "feature_log.written", "feature_log.settled", "score.settled"]
)
def test_killed_copying_is_taken_up_again(transactional_db, monkeypatch, tmp_path, crash_at):
    monkeypatch.setenv("FEATURE_LOG", str(tmp_path))
    monkeypatch.setenv("FEATURE_LOG_WAIT_S", "0")
    accept_spraying(at=datetime.now(UTC) - timedelta(minutes=5))

    killed = stages.run_stages("score", "feature_log", crash_at=crash_at)
    time.sleep(LEASE_S)
    stages.run_stages("score", "feature_log")

    logged = Counter(pk for path in tmp_path.glob("day=*/*") for pk in pq.read_table(path)["event_id"].to_pylist())
    assert killed == -9
    assert logged == dict.fromkeys(Event.objects.values_list("pk", flat=True), 1)
    assert (ScoredBatch.objects.count(), FeaturePart.objects.filter(written_at=None).count()) == (0, 0)
    assert list(tmp_path.glob("day=*/.part*")) == []
