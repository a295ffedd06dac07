"""Replays public sets, each into a database of its own, and measures the first rules against their truth."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

SETS = (
    "fdh_card_transactions",
    "adyen_chargebacks",
    "login_attempts_sim",
    "sms_smishing_mendeley",
    "craigslist_bargain_chats",
    "craigslist_listings",
    "agora_2014_listings",
)
HEAD = "| source | events | signals | cases | alerts a day | base rate | precision | recall |"
TABLE = HEAD + "\n|---|---|---|---|---|---|---|---|"
DETECTORS = "| source | detector | signals | trigger bad | trigger good | not labelled |\n|---|---|---|---|---|---|"


class Command(BaseCommand):
    """Write DATA/evaluate.json and print the tables of docs/first-run.md; exit 0 when it ran, whatever the figures."""

    help = "Measure the first rules on public sets (SHARED_DATA names their folder)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--source", action="append", choices=SETS, help="only this set; may be repeated")
        parser.add_argument("--limit", type=int, help="at most so many events of each set")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(os.environ.get("SHARED_DATA") or "../shared/data").resolve()
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}: set SHARED_DATA to the folder of the public sets.")
        results = [self._one(name, folder, options["limit"]) for name in options["source"] or SETS]
        entries = [entry for result in results for entry in result["entries"]]
        (settings.DATA / "evaluate.json").write_text(json.dumps(entries, indent=1))
        lines = [TABLE, *(result["row"] for result in results), "", DETECTORS]
        lines += [line for result in results for line in result["detectors"]]
        self.stdout.write("\n".join(lines))

    def _one(self, name: str, folder: Path, limit: int | None) -> dict[str, Any]:
        data = settings.DATA / "evaluate" / name
        environment = {**os.environ, "DATA": str(data), "DEMO": "0"}
        for variable in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SEALER_URL", "BROKER_URL"):
            environment.pop(variable, None)
        command = [sys.executable, "manage.py", "evaluate_set", name, str(folder / name)]
        command += ["--limit", str(limit)] if limit else []
        done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=False)
        if done.returncode:
            raise CommandError(f"{name} could not be evaluated.")
        result: dict[str, Any] = json.loads((data / "result.json").read_text())
        return result
