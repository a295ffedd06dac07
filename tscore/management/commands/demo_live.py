"""Keeps the demo world alive."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tscore.demo import live


class Command(BaseCommand):
    """Send about one event a second under the source `demo-live` until stopped."""

    help = "Send live demo traffic, about one event a second."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--events", type=int, help="stop after so many events")

    def handle(self, *args: Any, **options: Any) -> None:
        live.run(events=options["events"])
