"""Look after the workers: where none of them has looked for a while, raise and tell the alarms in their place."""

import logging
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from tscore.watch import look, tell

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Runs until stopped, without any broker: a dead broker could not tell that it is dead."""

    help = __doc__
    requires_system_checks: list[str] = []  # they load every page, and this process should stay small

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the pause between two looks and, for tests, how often to look."""
        parser.add_argument("--pause", type=float, default=15.0, metavar="SECONDS")
        parser.add_argument("--grace", type=float, default=90.0, metavar="SECONDS", help="wait before the first look")
        parser.add_argument("--times", type=int, metavar="N", help="stop after so many looks")

    def handle(self, *args: Any, **options: Any) -> None:
        """Wait first, so that workers which have just been started may come before."""
        looks = 0
        time.sleep(options["grace"])
        while options["times"] is None or looks < options["times"]:
            self._look()
            looks += 1
            time.sleep(options["pause"])

    def _look(self) -> None:
        close_old_connections()
        try:
            if look.watch(now=timezone.now()):
                tell.tell(limit=10, now=timezone.now())
        except Exception:
            logger.exception("could not look; trying again")
        finally:
            close_old_connections()
