"""Sends a public set, or our own lines, through the real ingest service."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from signals.services import replays
from signals.sources import LOADERS, BadSource


class Command(BaseCommand):
    """Replay a set; the running worker scores it. Truths become labels with their own knowledge time."""

    help = "Send a set through the ingest service: replay <source> PATH [--limit N] [--speed X | --fast]"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", choices=sorted(LOADERS))
        parser.add_argument("path", type=Path, help="a file of that set, or the folder that holds it")
        parser.add_argument("--limit", type=int, help="stop after so many events")
        pace = parser.add_mutually_exclusive_group()
        pace.add_argument("--speed", type=float, help="multiple of the set's own pace, such as 3600")
        pace.add_argument("--fast", action="store_true", help="as fast as it goes (the default)")

    def handle(self, *args: Any, source: str, path: Path, **options: Any) -> None:
        columns = (TextColumn(source), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        try:
            with Progress(*columns, disable=not self.stdout.isatty()) as progress:
                task = progress.add_task(source, total=options["limit"])
                tally = replays.replay(
                    items=LOADERS[source](path),
                    clock=timezone.now,
                    speed=options["speed"],
                    limit=options["limit"],
                    after_batch=lambda batch: progress.advance(task, len(batch)),
                )
        except BadSource as error:
            raise CommandError(str(error)) from error
        self._report(tally)

    def _report(self, tally: replays.Tally) -> None:
        if tally.counts["refused"]:
            self.stderr.write(
                f"{tally.counts['refused']} refused and kept as dead letters; first: {tally.first_refusal}"
            )
        words = ", ".join(f"{count:,} {status}" for status, count in sorted(tally.counts.items())) or "nothing"
        self.stdout.write(f"{words}; {tally.labels:,} labels")
        if tally.counts["refused"]:
            raise CommandError("Not all items were accepted.")
