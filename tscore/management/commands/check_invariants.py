"""Check what must be true of the whole database."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tscore import invariants


class Command(BaseCommand):
    """Exits 0 only when all is well; the last line says the figure."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the switch for a database at rest."""
        parser.add_argument("--settled", action="store_true", help="nothing may be unfinished either")

    def handle(self, *args: Any, **options: Any) -> None:
        """Name every sentence that is not true."""
        asked = invariants.FAULTS + (invariants.UNFINISHED if options["settled"] else ())
        breaches = invariants.breaches(asked)
        for breach in breaches:
            more = "" if breach.count <= len(breach.first) else ", …"
            self.stdout.write(f"BROKEN {breach.sentence}: {breach.count} do not ({', '.join(breach.first)}{more})")
        self.stdout.write(f"{len(asked) - len(breaches)} of {len(asked)} invariants hold; {invariants.figure()}")
        if breaches:
            raise CommandError("Some invariants do not hold.", returncode=1)
