"""Fills the demo world once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tscore.demo import filler, rounds


class Command(BaseCommand):
    """Send the demo world's 90 days through the real ingest, then say so in DATA/demo.json."""

    help = "Fill the console with the demo world (once)."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            filler.fill(say=self.stdout.write)
        except (filler.Stuck, rounds.Unanswered) as error:
            raise CommandError(str(error)) from error
