"""The console of a storm as one process tree: `python -m tests.storm.up`, like `manage.py up` with two workers."""

import os
import signal
import sys
from pathlib import Path

from tscore import embedded, supervisor
from tscore.embedded import identity, run_dir
from tscore.supervision import probes, runner
from tscore.supervision.children import CELERY, DJANGO, GUNICORN, WORKER, Child, Plan, module

LONGEST_PAUSE_S = 1.0  # a storm kills a process more often than any fault of its own could


def main() -> int:
    """Run the children until SIGINT; the environment says where."""
    identity.die_with_parent(os.getppid(), signal.SIGTERM)  # whatever ends the storm ends its console
    runner.LONGEST_PAUSE_S = LONGEST_PAUSE_S
    plan = Plan(embedded.data_folder(os.environ), port=int(os.environ["PORT"]), demo=False)
    return supervisor.run(plan, table(plan.data, plan.port))


def table(data: Path, port: int) -> list[Child]:
    """Return the processes: the ordinary ones, each through the door where a bug may be let in."""
    web = GUNICORN.replace("tscore.wsgi", "tests.storm.wsgi")
    where = f"-b 127.0.0.1:{port} --log-level critical --worker-tmp-dir /dev/shm"
    worker = f"{CELERY} {WORKER}".replace("-A tscore", "-A tests.storm.worker")
    beat = f"{CELERY} beat -l warning -s {run_dir(data)}/beat --pidfile="
    return [
        Child("migrate", (*DJANGO, "migrate", "--starter", "-v0"), once=True),
        Child("web", module(f"{web} {where}"), ("migrate",), is_ready=lambda: probes.is_ok(_health(port))),
        Child("shop", module("tscore.marketplace"), stopped=2, is_ready=lambda: probes.answers(_health(port + 1))),
        Child("worker", module(worker), ("migrate",)),
        Child("worker2", module(worker), ("migrate",)),
        Child("beat", module(beat), ("migrate",)),
    ]


def _health(port: int) -> str:
    return f"http://127.0.0.1:{port}/healthz"


if __name__ == "__main__":
    sys.exit(main())
