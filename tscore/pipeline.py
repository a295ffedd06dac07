"""The story: every stage of the way of one event, in order, and what runs them.

A stage is a plain function `(*, limit, now) -> int` that says how many rows it handled. A row is its own message:
a stage finds its work by reading a table, so that a lost wake costs at most one tick.
"""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from cases.services import (
    claims,
    correlation,
    enforcement,
    priority,
    recalibration,
    ring_nights,
    sampling,
    service_levels,
    waiting,
)
from cases.services.bulk import stage as bulk
from signals.services import calibration, dead_letter_batches, dead_letter_retention, images, scoring
from signals.services.feature_log import copying
from tscore.core import idempotency, throttling
from tscore.core.audit import seal
from tscore.watch import look, stages, tell


@dataclass(frozen=True)
class Stage:
    """One step: its name (also the wake word), its function, the size of one batch.

    What stands `aside` has no part in the way of an event: it watches the others, or looks around at night.
    """

    name: str
    function: Callable[..., int]
    limit: int
    aside: bool = False


STAGES = (
    Stage("score", scoring.score_pending, 500),
    Stage("correlate", correlation.correlate_pending, 500),
    Stage("rerank", priority.rerank_due, 500),
    Stage("release", claims.release_expired, 500),
    Stage("wake", waiting.wake_due, 500),
    Stage("promises", service_levels.recompute_due, 500),
    Stage("deliver", enforcement.deliver_pending, 20),
    Stage("bulk", bulk.run_pending, 20),
    Stage("seal", seal.seal_pending, 1000),
    Stage("forget_answers", idempotency.forget_old, 1000),
    Stage("forget_tries", throttling.forget_old, 1000),
    Stage("forget_letters", dead_letter_retention.forget_old, 1000),
    Stage("forget_pictures", images.forget_old, 200),
    Stage("pictures", images.fetch_wanted, 4, aside=True),
    Stage("replay_letters", dead_letter_batches.replay_asked, 100, aside=True),
    Stage("feature_log", copying.copy_pending, 50_000, aside=True),
    Stage("rings", ring_nights.look_nightly, 200, aside=True),
    Stage("sample", sampling.draw_due, 2000, aside=True),
    Stage("calibrate", calibration.fit_nightly, 10, aside=True),
    Stage("recalibrate", recalibration.recalibrate_due, 200, aside=True),
    Stage("alarms", look.look, 1, aside=True),
    Stage("forecast", look.look_ahead, 1, aside=True),
    Stage("tell", tell.tell, 10, aside=True),
)
BY_NAME = {stage.name: stage for stage in STAGES}
TICK_S = 1.0


def run_stage(name: str, *, clock: Callable[[], datetime], budget_s: float = 20.0) -> int:
    """Repeat one stage until it finds nothing to do or its time is used up; return how many rows it handled."""
    stage, total, began = BY_NAME[name], 0, time.monotonic()
    while handled := stage.function(limit=stage.limit, now=clock()):
        total += handled
        if time.monotonic() > began + budget_s:
            break
    if total:
        stages.note(name, handled=total, seconds=time.monotonic() - began, now=clock())
    return total


def run_all(
    *, clock: Callable[[], datetime], budget_s: float = 20.0, leaving_out: Collection[str] = frozenset()
) -> int:
    """Run every stage once in order, as the demo filler and tests do; return how many rows were handled."""
    names = [stage.name for stage in STAGES if not stage.aside and stage.name not in leaving_out]
    return sum(run_stage(name, clock=clock, budget_s=budget_s) for name in names)
