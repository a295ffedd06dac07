"""Compute a sample of logged feature values again and compare."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from signals.services.feature_check import checking
from signals.services.feature_log import reading

SHOWN = 10


class Command(BaseCommand):
    """Exits 0 only when every difference has a reason and every file of the feature log is there."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how many events are drawn, and by which seed."""
        parser.add_argument("--sample", type=int, default=10_000, help="how many scored events are drawn")
        parser.add_argument("--seed", default="", help="draw the same events again")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many differ, how many of these because something came after scoring, and name the others."""
        found = checking.check(sample=options["sample"], seed=options["seed"])
        missing = list(reading.missing())
        share = found.differing / found.checked if found.checked else 0.0
        self.stdout.write(f"{found.checked} events with {found.values} values computed again")
        self.stdout.write(
            f"{found.differing} differ ({share:.3%}): {found.late} because a fact came after scoring, "
            f"{found.erased} because a text is no longer kept, {len(found.unexplained)} unexplained"
        )
        for event_id, names in list(found.unexplained.items())[:SHOWN]:
            self.stdout.write(f"UNEXPLAINED event {event_id}: {', '.join(names)}")
        for name in missing[:SHOWN]:
            self.stdout.write(f"MISSING {name}")
        self.stdout.write(f"{len(missing)} files of the feature log are missing or too short")
        if found.unexplained or missing:
            raise CommandError("Logged and rebuilt values differ without a reason, or files are missing.", returncode=1)
