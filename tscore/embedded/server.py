"""One bundled server process as the keeper sees it: start, wait, start again when it dies, stop."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tscore.embedded import identity, paths

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.3, 10.0
HEALTHY_AFTER_S = 60
LEFT_BEHIND = b"pre-existing shared memory block"  # PostgreSQL's words for processes of a killed server
STOP_PATIENCE_S = 2.5  # of the 5 that Ctrl-C may take; PostgreSQL then recovers from its log at the next start


class ServerFailed(Exception):
    """A bundled server did not come up."""


@dataclass
class Server:
    """A server of the DATA folder, run as `who`, ended by `stop_signal` or at last by `kill_signal`."""

    name: str
    data: Path
    argv: list[str]
    who: str
    stop_signal: int
    kill_signal: int
    before_start: Callable[[], None]
    is_ready: Callable[[], bool]
    process: "subprocess.Popen[bytes] | None" = None
    failures: int = 0
    started_at: float = 0.0
    again_at: float = 0.0
    log_from: int = -1

    def start(self) -> None:
        """Start the process; its output goes to the end of the log."""
        self.before_start()
        prepare = identity.before_exec(self.who, signal_number=self.stop_signal)
        with paths.log_file(self.data).open("ab") as log:
            self.log_from = log.tell() if self.log_from < 0 else self.log_from
            self.process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=identity.ENVIRONMENT,
                preexec_fn=prepare,  # noqa: PLW1509  (the keeper has one thread)
                start_new_session=True,
                cwd="/",
            )
        self.started_at = time.monotonic()

    def wait_until_ready(self, patience_s: float) -> None:
        """Wait for the first answer, or raise with what the server said last.

        What a killed server left running ends by itself within moments; until then it is started again and again.
        """
        end = time.monotonic() + patience_s
        while not self.is_ready():
            has_ended = self.process is None or self.process.poll() is not None
            if time.monotonic() > end or (has_ended and not _is_left_behind(self.data, self.log_from)):
                raise ServerFailed(f"{self.name} did not start: {_last_words(self.data)}")
            self.revive()
            time.sleep(0.02)

    def revive(self) -> None:
        """Start a server that died again, ever more slowly while it keeps dying."""
        if self.process is not None and self.process.poll() is not None:
            self.failures = 1 if time.monotonic() - self.started_at > HEALTHY_AFTER_S else self.failures + 1
            self.again_at = time.monotonic() + min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (self.failures - 1))
            self.process = None
        if self.process is None and time.monotonic() >= self.again_at:
            self.start()

    def stop(self) -> None:
        """End the process, gently first."""
        if self.process is None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(STOP_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.send_signal(self.kill_signal)
            self.process.wait()


def _last_words(data: Path) -> str:
    lines = paths.log_file(data).read_text(errors="replace").splitlines()
    return " / ".join(lines[-3:]) or "it said nothing"


def _is_left_behind(data: Path, position: int) -> bool:
    """Tell whether processes of a killed server stood in the way since this place of the log."""
    with paths.log_file(data).open("rb") as log:
        log.seek(position)
        return LEFT_BEHIND in log.read()
