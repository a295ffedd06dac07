#!/usr/bin/env python
"""Django's commands, each with the bundled servers of its DATA folder up for as long as it runs."""

import os
import sys
from contextlib import nullcontext

from tscore import embedded

# These ask neither database nor broker; `up` brings the servers up itself.
WITHOUT_SERVERS = {"", "help", "version", "--help", "-h", "--version", "up", "makemigrations", "collectstatic"}
WITHOUT_SERVERS |= {"lock", "spectacular", "build_sprite", "check", "bench"}


def main(argv: list[str]) -> None:
    """Run one command."""
    os.environ["DATA"] = str(embedded.data_folder(os.environ))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tscore.settings")
    name = argv[1] if len(argv) > 1 else ""
    is_plain = name in WITHOUT_SERVERS or "--help" in argv or not embedded.is_wanted(os.environ)
    try:
        with nullcontext() if is_plain else embedded.use(embedded.data_folder(os.environ)):
            from django.core.management import execute_from_command_line

            execute_from_command_line(argv)
    except embedded.ServicesFailed as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main(sys.argv)
