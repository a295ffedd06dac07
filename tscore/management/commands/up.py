"""`manage.py up`: the whole console by one command."""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand

from tscore.embedded.paths import ROOT


class Command(BaseCommand):
    """Give way to the supervisor, which is small because it never loads Django."""

    help = "Run the servers, the web server, worker and beat, and with DEMO=1 the demo world, until Ctrl-C."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Become the supervisor; DATA, PORT and DEMO are read from the environment."""
        os.chdir(ROOT)
        os.execv(sys.executable, [sys.executable, "-m", "tscore.supervisor"])
