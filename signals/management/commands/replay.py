"""Sends a public set, our own lines, or a file of somebody else's through the real ingest service."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from signals.services import replays
from signals.sources import NAMES, BadSource, open_source
from tscore.core import money
from tscore.core.errors import Problem


class Command(BaseCommand):
    """Replay a set; the running worker scores it. Truths become labels with their own knowledge time."""

    help = "Send a set through the ingest service: replay <source> PATH [--mapping FILE] [--limit N] [--speed X]"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", choices=NAMES)
        parser.add_argument("path", type=Path, help="a file of that set, or the folder that holds it")
        parser.add_argument("--mapping", type=Path, help="TOML or JSON: which column is which member (docs/sources.md)")
        parser.add_argument("--sender", default=replays.SENDER, help="whose events these are where they do not say so")
        parser.add_argument("--limit", type=int, help="stop after so many events")
        pace = parser.add_mutually_exclusive_group()
        pace.add_argument("--speed", type=float, help="multiple of the set's own pace, such as 3600")
        pace.add_argument("--fast", action="store_true", help="as fast as it goes (the default)")

    def handle(self, *args: Any, source: str, path: Path, **options: Any) -> None:
        try:
            opened = open_source(source, path, mapping=options["mapping"], exponent=money.exponent)
            if opened.left_out:
                self.stderr.write(f"Not read: {', '.join(opened.left_out)}.")
            with Progress(*self._columns(source), disable=not self.stdout.isatty()) as progress:
                task = progress.add_task(source, total=options["limit"])
                tally = replays.replay(
                    items=opened.items,
                    clock=timezone.now,
                    sender=options["sender"],
                    speed=options["speed"],
                    limit=options["limit"],
                    after_batch=lambda batch: progress.advance(task, len(batch)),
                )
        except (BadSource, Problem) as error:
            raise CommandError(str(error)) from error
        self._report(tally)

    def _columns(self, source: str) -> tuple[Any, ...]:
        return TextColumn(source), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()

    def _report(self, tally: replays.Tally) -> None:
        if tally.counts["refused"]:
            self.stderr.write(
                f"{tally.counts['refused']} refused and kept as dead letters; first: {tally.first_refusal}"
            )
        self.stdout.write(str(tally))
        if tally.counts["refused"]:
            raise CommandError("Not all items were accepted.")
