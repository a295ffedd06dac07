"""Makes a key for a machine; the token is printed this one time."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tscore.core import api_keys


class Command(BaseCommand):
    """Create an API key for one source with one or more scopes, and print its token."""

    help = "Create an API key and print its token, which is shown this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for the source and the scopes."""
        parser.add_argument("--source", required=True, help="the sender the key may speak for, as in my-shop")
        parser.add_argument("--scope", action="append", required=True, help=f"one of {', '.join(api_keys.SCOPES)}")
        parser.add_argument("--name", default="", help="what the key is for")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the key; the last line is its token."""
        try:
            _, token = api_keys.create(
                name=options["name"] or f"{options['source']} {' '.join(options['scope'])}"[:120],
                source=options["source"],
                scopes=options["scope"],
                actor=None,
                now=timezone.now(),
            )
        except api_keys.UnknownScope as error:
            raise CommandError(str(error)) from None
        self.stdout.write(token)
