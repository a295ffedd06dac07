"""`manage.py migrate` as the role that owns the tables; the role that serves pages may not change them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.commands import migrate


class Command(migrate.Command):
    """Django's own command, with `owner` as the default database."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments of the original, and `--starter`: one process less to start in `up`."""
        super().add_arguments(parser)  # type: ignore[arg-type]
        parser.set_defaults(database="owner")
        parser.add_argument("--starter", action="store_true", help="then load what every installation starts with")

    def handle(self, *args: Any, starter: bool = False, **options: Any) -> None:
        """Migrate, then load the starter data where asked to."""
        super().handle(*args, **options)
        if starter:
            call_command("load_starter", verbosity=options["verbosity"])
