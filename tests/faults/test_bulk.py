"""A worker dies by SIGKILL in the middle of a bulk job; each case is decided once, each effect happens once."""

import time
from collections import Counter

import pytest

from cases.models import Action, BulkItem, Case, Decision
from cases.services.bulk import runs
from tests.cases.services.test_bulk import listed, start
from tests.factories import after
from tests.faults import stages

LEASE_S = 1.2


@pytest.mark.parametrize(
    ("crash_at", "decided"), [("bulk.before_item", 0), ("bulk.decided", 0), ("bulk.after_item", 1)]
)
def test_killed_job_is_taken_up_again_and_taken_back(transactional_db, cleo, market, crash_at, decided):
    job = start(listed(cleo, 4))

    killed = stages.run_stages("bulk", crash_at=crash_at)
    between = (Decision.objects.count(), Case.objects.filter(state="closed").count())
    time.sleep(LEASE_S)
    stages.run_stages("bulk", "deliver", marketplace=market.url)
    done = Counter(BulkItem.objects.values_list("state", flat=True))

    assert (killed, between, done) == (-9, (decided, decided), {"done": 4})
    once = dict.fromkeys(Action.objects.values_list("public_id", flat=True), 1)
    assert Counter(line["action"] for line in market.ledger()) == once

    runs.reverse(job_id=job.pk, actor=cleo, now=after(6))
    killed = stages.run_stages("bulk", crash_at="bulk.reversed")
    time.sleep(LEASE_S)
    stages.run_stages("bulk", "deliver", marketplace=market.url)

    assert (killed, Decision.objects.filter(verdict="withdrawn").count()) == (-9, 4)
    assert Counter(kind for kind, _ in market.effects()) == {
        "account.suspend": 4,
        "account.revoke_sessions": 4,
        "account.restore": 4,
    }
