"""Measures one part in the database of DATA; called by `bench`."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from tscore.bench import assess, ingest, pages, report, server, stages


def _ingest() -> list[report.Line]:
    with server.serving() as address:
        return ingest.run(address, now=timezone.now())


def _pages() -> list[report.Line]:
    call_command("collectstatic", interactive=False, verbosity=0)
    return pages.run(now=timezone.now())


def _pipeline() -> list[report.Line]:
    return stages.run(now=timezone.now())


def _assess() -> list[report.Line]:
    return assess.run(now=timezone.now())


MEASURES: dict[str, Callable[[], list[report.Line]]] = {
    "ingest": _ingest,
    "pages": _pages,
    "pipeline": _pipeline,
    "assess": _assess,
}


class Command(BaseCommand):
    """Migrate an empty database, measure, write DATA/result.json."""

    help = "Measure one part of the bench in the database of DATA."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("part", choices=MEASURES)

    def handle(self, *args: Any, part: str, **options: Any) -> None:
        call_command("migrate", starter=True, verbosity=0)
        report.write(MEASURES[part](), settings.DATA / "result.json")
