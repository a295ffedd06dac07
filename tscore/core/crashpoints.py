"""Named places where a test may kill the process; nothing happens there otherwise."""

import os
import signal


def crashpoint(name: str) -> None:
    """Die here, without any clean-up, if the environment says `CRASH_AT=<name>`."""
    if os.environ.get("CRASH_AT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
