"""Check the audit trail: hash chain, signed checkpoints here and outside, triggers and grants."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tscore.core.audit import seal, trail, verify


class Command(BaseCommand):
    """Exits 0 only when all is well; the last line says the figure."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a folder for the files that the stand-alone checker reads."""
        parser.add_argument("--export", type=Path, metavar="DIR", help="also write what verify.py needs into DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        """Name every fault, then say the figure."""
        if options["export"]:
            self._export(options["export"])
        report = verify.check(trail.sealed(), trail.checkpoints(), seal.public_key())
        faults = [*report.faults, *trail.anchors()[1], *trail.guards()]
        for fault in faults:
            self.stdout.write(f"FAULT {fault}")
        self.stdout.write(
            f"{report.rows} entries sealed, {trail.unsealed()} waiting, {report.checkpoints} checkpoints, "
            f"head {report.head[:16]}, {len(faults)} faults"
        )
        if faults:
            raise CommandError("The audit trail is not intact.", returncode=1)

    def _export(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, lines in (("rows", trail.sealed()), ("checkpoints", trail.checkpoints())):
            with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as file:
                file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (folder / "public_key.hex").write_text(seal.public_key().hex() + "\n")
