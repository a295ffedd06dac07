"""Say in a terminal whether all is well: services, migrations, roles and grants, disk, clock, alarms, queue sizes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tscore.core.templatetags.console import plain
from tscore.watch import doctor

MARKS = {True: "ok   ", False: "WRONG", None: "     "}


class Command(BaseCommand):
    """Exits 0 only when all is well; the last line says the count."""

    help = __doc__
    requires_system_checks: list[str] = []  # it asks them itself and goes on

    def handle(self, *args: Any, **options: Any) -> None:
        """Write one line for each answer."""
        asked = wrong = 0
        for line in doctor.examine(timezone.now):
            asked += line.is_well is not None
            wrong += line.is_well is False
            self.stdout.write(f"{MARKS[line.is_well]} {plain(line.name)}: {plain(line.words)}")
        self.stdout.write(f"{asked - wrong} of {asked} well, {wrong} wrong")
        if wrong:
            raise CommandError("Not all is well.", returncode=1)
