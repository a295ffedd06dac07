"""Measures speed against the goals, every part in a folder and with servers of its own under DATA/bench."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tscore.bench import PARTS, report, startup

LONGEST_S, LONGEST_FULL_S = 25 * 60, 5 * 3600


class Command(BaseCommand):
    """Write DATA/bench.json and print its table; exit 0 when every part ran, whatever the figures."""

    help = "Measure ingest, decisions, lists, start and pipeline."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", action="append", choices=PARTS, help="only this part; may be repeated")
        parser.add_argument("--full", action="store_true", help="with 10 million events and 5 million cases")

    def handle(self, *args: Any, **options: Any) -> None:
        self.full = options["full"]
        self.longest_s = LONGEST_FULL_S if self.full else LONGEST_S
        self.end = time.monotonic() + self.longest_s
        self.failed: list[str] = []
        lines: list[report.Line] = []
        for name in options["only"] or PARTS:
            lines += self._part_or_nothing(name)
            report.write(lines, settings.DATA / "bench.json")  # what was measured stays, whatever comes after
        report.show(lines)
        missed = [line["name"] for line in lines if line["ok"] is False]
        with_goal = sum(line["goal"] is not None for line in lines)
        self.stdout.write(
            f"{with_goal - len(missed)} of {with_goal} goals reached" + "".join(f", not {name}" for name in missed)
        )
        if self.failed:
            raise CommandError(" ".join(self.failed))

    def _part_or_nothing(self, name: str) -> list[report.Line]:
        """Run one part; where it cannot be measured, the others still are."""
        try:
            return self._part(name)
        except CommandError as error:
            self.failed.append(str(error))
            self.stderr.write(str(error))
            return []

    def _part(self, name: str) -> list[report.Line]:
        """Run one part in an empty folder, which is gone afterwards."""
        folder = settings.DATA / "bench" / name
        shutil.rmtree(folder, ignore_errors=True)
        began = time.monotonic()
        try:
            lines = self._measure(name, folder)
        except startup.NotReady as error:
            raise CommandError(str(error)) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        self.stderr.write(f"{name} measured in {time.monotonic() - began:.0f} s")
        return lines

    def _measure(self, name: str, folder: Path) -> list[report.Line]:
        environment = startup.without_outside()
        if name == "run":
            return startup.run(folder, environment)
        environment |= {"DATA": str(folder), "DEMO": "0"}
        command = [sys.executable, "manage.py", "bench_part", name, *(["--full"] if self.full else [])]
        try:
            subprocess.run(
                command, cwd=settings.BASE_DIR, env=environment, check=True, timeout=max(self.end - time.monotonic(), 1)
            )
        except subprocess.CalledProcessError as error:
            raise CommandError(f"{name} could not be measured.") from error
        except subprocess.TimeoutExpired as error:
            raise CommandError(f"{name} was not measured within {self.longest_s // 60} minutes.") from error
        lines: list[report.Line] = json.loads((folder / "result.json").read_text())
        return lines
