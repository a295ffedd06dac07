"""Loads history: facts for windows, screens and training tables, without a case, a message or a call to anybody."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from signals.models import Backfill
from signals.services import backfills, replays
from signals.services.backfills import Archive
from signals.services.replays import Tally
from signals.sources import NAMES, BadSource, open_source, source_of
from tscore.core import money
from tscore.core.errors import Problem

SAY_EVERY_S = 10.0


class Command(BaseCommand):
    """Load archives one after the other; after a kill the same command goes on where it stopped."""

    help = "Load history that asks nobody for a decision: backfill PATH… [--source NAME] [--mapping FILE]"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, help="files, or folders of a public set")
        parser.add_argument("--source", choices=NAMES, help="what the files are (default: what their names tell)")
        parser.add_argument("--mapping", type=Path, help="TOML or JSON: which column is which member (docs/sources.md)")
        parser.add_argument("--sender", default=replays.SENDER, help="whose events these are where they do not say so")

    def handle(self, *args: Any, paths: list[Path], **options: Any) -> None:
        began, total = time.monotonic(), Tally()
        stored = 0
        for path in paths:
            before, progress = self._load(path, options)
            stored += progress.position - before
            total.counts.update(progress.counts)
            total.labels += progress.labels
            total.first_refusal = total.first_refusal or progress.first_refusal
        self._report(total, stored, time.monotonic() - began)

    def _load(self, path: Path, options: dict[str, Any]) -> tuple[int, Backfill]:
        """Load one archive; return how far it was before, and how far it is."""
        bar = Bar(path.name, self)
        try:
            archive = self._archive(path, options)
            with bar.shown():
                progress = backfills.load(archive, clock=timezone.now, sender=options["sender"], after_batch=bar.move)
        except (BadSource, Problem, OSError) as error:
            raise CommandError(str(error)) from error
        if bar.first is None:
            self.stderr.write(f"{path.name} was loaded before, by {progress.finished_at:%Y-%m-%d %H:%M} UTC.")
        return progress.position if bar.first is None else bar.first, progress

    def _archive(self, path: Path, options: dict[str, Any]) -> Archive:
        name, mapping = options["source"] or source_of(path), options["mapping"]
        opened = open_source(name, path, mapping=mapping, exponent=money.exponent)
        if opened.left_out:
            self.stderr.write(f"Not read: {', '.join(opened.left_out)}.")
        files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
        return Archive(
            name=path.name,
            files=tuple(files),
            reading=f"{name}\x1f{options['sender']}\x1f{mapping.read_text('utf-8') if mapping else ''}",
            open_items=lambda: open_source(name, path, mapping=mapping, exponent=money.exponent).items,
        )

    def _report(self, total: Tally, stored: int, took_s: float) -> None:
        refused = total.counts["refused"]
        if refused:
            self.stderr.write(f"{refused:,} refused and kept as dead letters; first: {total.first_refusal}")
        self.stdout.write(f"{total}; {stored:,} items in {took_s:.1f} s, {stored / max(took_s, 0.001):,.0f}/s")
        if refused:
            raise CommandError("Not all items were accepted.")


class Bar:
    """Shows how far one archive is: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, name: str, command: BaseCommand) -> None:
        self.name, self.command = name, command
        self.first: int | None = None
        self.began = self.said = time.monotonic()
        self.progress = Progress(
            TextColumn(name), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(), disable=not command.stdout.isatty(),
        )  # fmt: skip

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the bar for the length of a block."""
        with self.progress:
            yield

    def move(self, row: Backfill) -> None:
        """Note how far the archive is."""
        now = time.monotonic()
        if self.first is None:
            self.first, self.began, self.said = row.position, now, now
            self.task = self.progress.add_task(self.name, total=row.total, completed=row.position, rate="")
            if row.position:
                self.command.stderr.write(f"{self.name}: going on after item {row.position:,}.")
            return
        rate = (row.position - self.first) / max(now - self.began, 0.001)
        self.progress.update(self.task, completed=row.position, rate=f"{rate:,.0f}/s")
        if self.progress.disable and now - self.said >= SAY_EVERY_S:
            self.said = now
            left_s = (row.total - row.position) / max(rate, 0.001)
            self.command.stdout.write(
                f"{self.name}: {row.position:,} of {row.total:,}, {rate:,.0f}/s, {left_s / 60:.1f} min left"
            )
