"""`make reset`: forget everything of one DATA folder, unless somebody uses it. `python -m tscore.embedded.reset`."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tscore.embedded import locks, paths
from tscore.embedded.use import is_used

PATIENCE_S = 8
# A folder without one of these was not made by us, and is not deleted by us.
SIGNS = ("pg", "secrets.json", "use")


class NotDeleted(Exception):
    """The folder stays."""


def reset(data: Path) -> str:
    """Delete the folder and return what happened; raise NotDeleted where that would be wrong."""
    if not data.exists():
        return f"{data} does not exist: nothing to do."
    if not any((data / name).exists() for name in SIGNS):
        raise NotDeleted(f"{data} holds nothing of tscore: not deleted.")
    with _alone(data):
        for folder in (data, paths.run_dir(data)):
            shutil.rmtree(folder, ignore_errors=True)
    return f"{data} is deleted."


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    try:
        if is_used(data):
            raise locks.Busy(data)
        with ExitStack() as held:
            held.enter_context(locks.held(data / "lock"))
            held.enter_context(locks.held(paths.use_lock(data), patience_s=PATIENCE_S))
            yield
    except locks.Busy:
        raise NotDeleted(f"Something is using {data}: stop it first.") from None


if __name__ == "__main__":
    try:
        sys.stdout.write(reset(paths.data_folder(os.environ)) + "\n")
    except NotDeleted as error:
        sys.exit(str(error))
