"""Load what every installation starts with; loading twice changes nothing."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.core.management.base import BaseCommand

from tscore.core.db import in_transaction

MODULES = ("tscore.core.starter", "signals.starter", "cases.starter")


class Command(BaseCommand):
    """Calls the starter data of each app, the lower apps first."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Load everything or nothing."""
        in_transaction(self._load)
        if options["verbosity"]:
            self.stdout.write("Starter data is in place.")

    def _load(self) -> None:
        for name in MODULES:
            if find_spec(name):
                import_module(name).load()
