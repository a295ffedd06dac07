"""`python -m tests.storm --seed 7 --seconds 600 [--bug no_fence]`: exits 0 only with the all-clear."""

from __future__ import annotations

import argparse
import secrets
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.storm import bugs, console
from tscore.bench import server

if TYPE_CHECKING:
    from tests.storm.run import Outcome


def main() -> int:
    """Read the arguments, then let it rage."""
    args = _arguments()
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell lets its background jobs ignore the first
        signal.signal(number, signal.default_int_handler)
    data = Path(tempfile.mkdtemp(prefix="tscore-storm-"))
    began = time.monotonic()
    _say(f"storm of {args.seconds:g} s, SEED={args.seed}" + (f", with the bug {args.bug}" if args.bug else ""))
    try:
        outcome = _run(data, args)
    except console.NotStarted as error:
        _say(f"the console did not start: {error}")
        return 2
    for line in outcome.figures:
        _say(line)
    for sentence in outcome.broken:
        _say(f"BROKEN {sentence}")
    clear = not outcome.broken
    if args.clean or (clear and not args.keep):
        shutil.rmtree(data, ignore_errors=True)
    else:
        _say(f"its folder is left at {data}")
    _say(f"{'ALL CLEAR' if clear else 'RED'} after {time.monotonic() - began:.0f} s, SEED={args.seed}")
    return 0 if clear else 1


def _run(data: Path, args: argparse.Namespace) -> Outcome:
    console.set_up_django(data, server.free_port())
    from tests.storm import run  # it reads models, so Django comes first

    return run.open_and_run(
        data, seed=args.seed, seconds=args.seconds, bug=args.bug, patience_s=args.patience, say=_say
    )  # fmt: skip


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.storm", description=__doc__)
    parser.add_argument("--seed", default="", help="the same seed gives the same traffic and the same harm")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--bug", choices=sorted(bugs.BUGS), default="", help="let this bug in; the end must be red")
    parser.add_argument("--patience", type=float, default=180.0, help="how long the rest may take to settle, in s")
    parser.add_argument("--keep", action="store_true", help="leave the folder where it is")
    parser.add_argument("--clean", action="store_true", help="delete the folder even where something is broken")
    args = parser.parse_args()
    args.seed = args.seed or str(secrets.randbelow(10**6))
    return args


def _say(text: str) -> None:
    sys.stdout.write(f"storm | {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
