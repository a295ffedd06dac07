"""Measures one part in the database of DATA; called by `bench`."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from tscore.bench import assess, claim, flow, fold, ingest, pages, report, search, server, stages


def _ingest(full: bool) -> list[report.Line]:
    with server.serving() as address:
        return ingest.run(address, now=timezone.now())


def _pages(full: bool) -> list[report.Line]:
    call_command("collectstatic", interactive=False, verbosity=0)
    return pages.run(now=timezone.now())


def _pipeline(full: bool) -> list[report.Line]:
    return stages.run(now=timezone.now())


def _fold(full: bool) -> list[report.Line]:
    return fold.run(now=timezone.now(), cases=100_000 if full else 20_000)


def _claim(full: bool) -> list[report.Line]:
    many = 5_000_000 if full else 200_000
    return claim.run(now=timezone.now(), few=30_000, many=many, seconds=30 if full else 10)


def _assess(full: bool) -> list[report.Line]:
    return assess.run(now=timezone.now())


def _flow(full: bool) -> list[report.Line]:
    large, seconds = (10_000_000, 600) if full else (1_000_000, 60)
    return flow.run(now=timezone.now(), small=100_000, large=large, seconds=seconds)


def _search(full: bool) -> list[report.Line]:
    call_command("collectstatic", interactive=False, verbosity=0)
    return search.run(now=timezone.now())


MEASURES: dict[str, Callable[[bool], list[report.Line]]] = {
    "ingest": _ingest,
    "pages": _pages,
    "pipeline": _pipeline,
    "fold": _fold,
    "claim": _claim,
    "assess": _assess,
    "flow": _flow,
    "search": _search,
}


class Command(BaseCommand):
    """Migrate an empty database, measure, write DATA/result.json."""

    help = "Measure one part of the bench in the database of DATA."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("part", choices=MEASURES)
        parser.add_argument("--full", action="store_true", help="at the sizes of bench-full")

    def handle(self, *args: Any, part: str, full: bool, **options: Any) -> None:
        call_command("migrate", starter=True, verbosity=0)
        report.write(MEASURES[part](full), settings.DATA / "result.json")
