"""`manage.py migrate` as the role that owns the tables; the role that serves pages may not change them."""

from argparse import ArgumentParser

from django.core.management.commands import migrate


class Command(migrate.Command):
    """Django's own command, with `owner` as the default database."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments of the original."""
        super().add_arguments(parser)  # type: ignore[arg-type]
        parser.set_defaults(database="owner")
