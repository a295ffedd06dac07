"""Build a training table from the labels known at an instant."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from signals.services import datasets
from tscore.core.errors import Problem


class Command(BaseCommand):
    """Builds one training table; the last line is its content hash."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what to build, as of when, and where to."""
        parser.add_argument("abuse_type", choices=sorted(datasets.SPECS), metavar="abuse-type")
        parser.add_argument("--as-of", required=True, type=_instant, help="RFC 3339 with an offset")
        parser.add_argument("--out", required=True, type=Path, help="the folder to write")
        parser.add_argument(
            "--features",
            type=datasets.Origin,
            choices=list(datasets.Origin),
            default=datasets.Origin.AUTO,
            help="where logged values are read: the feature log, the database, or the log and then the database",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Build it and say how large it is."""
        abuse_type, as_of, out = options["abuse_type"], options["as_of"], options["out"]
        given = {"out": out, "actor": None, "now": timezone.now(), "features": options["features"]}
        try:
            version = datasets.build(abuse_type=abuse_type, as_of=as_of, **given)
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        self.stdout.write(f"{version.rows} rows, {version.positives} bad, in {out}")
        self.stdout.write(version.content_hash)


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--as-of: {text!r} is no instant; write it as 2026-03-01T10:00:00Z.") from None
    if instant.tzinfo is None:
        raise CommandError("--as-of: add an offset, as in 2026-03-01T10:00:00Z.")
    return instant
