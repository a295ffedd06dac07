"""One batch, one transaction, one wake; or, for a dry run, everything taken back."""

from __future__ import annotations

from collections.abc import Callable

from signals.services.intake.answer import BatchAnswer
from tscore.core import counts, work
from tscore.core.db import in_transaction
from tscore.core.room import require_room


class DryRun(Exception):
    """Nothing of this is stored; the answer is the same."""

    def __init__(self, answer: BatchAnswer) -> None:
        self.answer = answer


def run(store: Callable[[], BatchAnswer], *, dry_run: bool, stage: str = "", stream: str = "events") -> BatchAnswer:
    """Store in one transaction of its own and wake a stage after commit; count what was answered.

    Raises:
        DiskNearlyFull: nothing new is taken.
    """
    require_room()

    def once() -> BatchAnswer:
        answer = store()
        if dry_run:
            raise DryRun(answer)
        if stage:
            work.wake(stage)
        return answer

    try:
        answer = in_transaction(once)
    except DryRun as dry:
        return dry.answer
    counts.intake_answered(stream, answer.counts)
    return answer
