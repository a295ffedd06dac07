"""How many events a second pass ingest, scoring and correlation, one process stepping them in turn."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from datetime import datetime

from signals.services import ingest
from tscore import pipeline
from tscore.bench import report
from tscore.bench.report import Line
from tscore.core import heap
from tscore.demo import filler, world

STAGES = ("score", "correlate")


def run(*, now: datetime, scale: float = 0.3) -> list[Line]:
    """Send a demo world through; return the rate of each stage and of all together."""
    events = world.build(seed="bench", epoch=now, scale=scale).events
    heap.settle()
    spent: dict[str, float] = defaultdict(float)
    for part in filler.batches(events, filler.BATCH):
        at = datetime.fromisoformat(part[-1]["time"])
        items = [json.dumps(event).encode() for event in part]
        began = time.perf_counter()
        ingest.ingest(source="demo", items=items, received_at=at)
        spent["ingest"] += time.perf_counter() - began
        for stage in STAGES:
            began = time.perf_counter()
            pipeline.run_stage(stage, clock=lambda: at, budget_s=120)  # noqa: B023
            spent[stage] += time.perf_counter() - began
    how = f"{len(events):,} events of a demo world in batches of {filler.BATCH}, one process; {report.load()}"
    rates = {name: round(len(events) / seconds) for name, seconds in spent.items()}
    whole = round(len(events) / sum(spent.values()))
    return [
        *(report.line(f"pipeline_{name}_per_s", rate, "events/s", how) for name, rate in rates.items()),
        report.line("pipeline_per_s", whole, "events/s", how),
    ]
