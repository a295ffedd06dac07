"""Workers race for the cases of bulk jobs, and stopping races them."""

import time
from collections import Counter

from cases.models import Action, BulkItem, BulkJob, Case, Decision, InboxItem
from cases.services.bulk import runs
from cases.services.bulk.stage import run_pending
from tests.cases.services.test_bulk import listed, start
from tests.factories import after
from tests.races.threads import side_by_side


def work_off(_number: int) -> None:
    for _ in range(20):
        run_pending(limit=3, now=after(4))


def test_four_workers_decide_each_case_once_and_tell_once(transactional_db, cleo):
    job = start(listed(cleo, 12))

    side_by_side(work_off, threads=4)
    work_off(0)

    assert Counter(BulkItem.objects.values_list("state", flat=True)) == {"done": 12}
    assert (Decision.objects.count(), Action.objects.count()) == (12, 24)
    assert (BulkJob.objects.get(pk=job.pk).state, InboxItem.objects.count()) == ("done", 1)


def test_stop_races_workers_and_nothing_stays_in_between(transactional_db, cleo):
    job = start(listed(cleo, 12))

    def stop_or_work(number: int) -> None:
        if number:
            work_off(number)
        else:
            time.sleep(0.05)
            runs.stop(job_id=job.pk, actor=cleo, now=after(5))

    side_by_side(stop_or_work, threads=3)
    work_off(0)

    ends = Counter(BulkItem.objects.values_list("state", flat=True))
    assert ends["done"] == Decision.objects.count() == Case.objects.filter(state="closed").count()
    assert (ends["done"] + ends["left"], BulkJob.objects.get(pk=job.pk).state) == (12, "done")


def test_taking_back_by_three_workers_happens_once(transactional_db, cleo):
    job = start(listed(cleo, 8))
    work_off(0)
    runs.reverse(job_id=job.pk, actor=cleo, now=after(6))

    side_by_side(work_off, threads=3)

    assert Counter(BulkItem.objects.values_list("state", flat=True)) == {"reversed": 8}
    assert Decision.objects.filter(verdict="withdrawn").count() == 8
    assert set(Case.objects.values_list("state", flat=True)) == {"queued"}
