"""Replays one set into the database of DATA and measures it; called by `evaluate`."""

import json
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.models import Case
from signals.models import Event
from signals.services import replays
from signals.sources import LOADERS, BadSource, Item
from tscore import pipeline
from tscore.evaluation import measure, report


class Command(BaseCommand):
    """Migrate, replay, score and correlate with the set's own time, then write DATA/result.json."""

    help = "Measure the first rules on one set, in the database of DATA."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", choices=sorted(LOADERS))
        parser.add_argument("path", type=Path)
        parser.add_argument("--limit", type=int)

    def handle(self, *args: Any, source: str, path: Path, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        call_command("load_starter")
        if Event.objects.exists() or Case.objects.exists():
            raise CommandError(f"{settings.DATA} already holds events: remove it first.")
        began = time.monotonic()
        self._seen = 0
        try:
            tally = replays.replay(
                items=self._watched(LOADERS[source](path)),
                clock=self._now,
                limit=options["limit"],
                after_batch=self._step,
            )
        except BadSource as error:
            raise CommandError(str(error)) from error
        figures = measure.figures()
        seconds = time.monotonic() - began
        self.stderr.write(f"{source}: {dict(tally.counts)} in {seconds:.0f} s, {self._seen / seconds:,.0f} events/s")
        result = {
            "entries": report.entries(source, figures),
            "row": report.row(source, figures),
            "detectors": report.detector_rows(source, figures),
        }
        (settings.DATA / "result.json").write_text(json.dumps(result))

    def _watched(self, items: Iterator[Item]) -> Iterator[Item]:
        """Let the clock stand at the time of the last item handed out."""
        for item in items:
            self._at = datetime.fromisoformat(item.envelope["time"])
            yield item

    def _now(self) -> datetime:
        return self._at

    def _step(self, batch: list[Item]) -> None:
        """Score and fold what was stored, at the time of the last event."""
        for stage in ("score", "correlate"):
            pipeline.run_stage(stage, clock=self._now, budget_s=600)
        self._seen += len(batch)
        if self._seen % 50_000 == 0:
            self.stderr.write(f"  {self._seen:,} events")
