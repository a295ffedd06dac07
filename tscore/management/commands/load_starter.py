"""Load what every installation starts with; loading twice changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from cases import starter as cases
from signals import starter as signals
from tscore.core import starter as core
from tscore.core.db import in_transaction

IN_ORDER = (core, signals, cases)


class Command(BaseCommand):
    """Calls the starter data of each app, the lower apps first."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Load everything or nothing."""
        in_transaction(self._load)
        if options["verbosity"]:
            self.stdout.write("Starter data is in place.")

    def _load(self) -> None:
        for starter in IN_ORDER:
            starter.load()
