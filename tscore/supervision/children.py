"""What runs: one table, in which a line says when a process starts and in which order it is stopped."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tscore.embedded import run_dir
from tscore.supervision import probes, static

DJANGO = (sys.executable, "manage.py")
# A client that keeps its connection finds it open for a minute: one closed under its hands looks like a failure to it.
GUNICORN = (
    "gunicorn tscore.wsgi:application -k gthread -w 2 --threads 4"
    " --keep-alive 65 --graceful-timeout 2 --no-control-socket"
)
CELERY = "celery -q -A tscore"
WORKER = "worker -P threads -c 2 -l warning --without-gossip --without-mingle --without-heartbeat"


@dataclass(frozen=True)
class Plan:
    """One run: where its data lies, at which port it answers, whether it shows the demo world."""

    data: Path
    port: int
    demo: bool

    @property
    def environment(self) -> dict[str, str]:
        """Return what every process is told."""
        return {
            "DATA": str(self.data),
            "PORT": str(self.port),
            "MARKETPLACE_PORT": str(self.port + 1),
            "CONSOLE_URL": f"http://127.0.0.1:{self.port}",
            "DEMO": "1" if self.demo else "0",
            "DJANGO_SETTINGS_MODULE": "tscore.settings",
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore::UserWarning:celery.platforms",  # root is spoken about once, by us
        }


@dataclass(frozen=True)
class Child:
    """A process. It starts when all of `after` are settled: ready, or, of those that run `once`, ended well."""

    name: str
    argv: tuple[str, ...]
    after: tuple[str, ...] = ()
    once: bool = False
    stopped: int = 1  # 1 first, then 2
    is_ready: Callable[[], bool] = lambda: True
    then: Callable[[], None] = lambda: None
    environment: Mapping[str, str] = field(default_factory=dict)


def table(plan: Plan) -> list[Child]:
    """Return the processes of this run.

    While the demo world is being filled nothing else may step the pipeline, so worker and beat wait for its end.
    """
    web = f"http://127.0.0.1:{plan.port}/healthz"
    market = f"http://127.0.0.1:{plan.port + 1}/ledger"
    beat = f"beat -l warning -s {run_dir(plan.data)}/beat --pidfile="
    children = [
        Child("migrate", (*DJANGO, "migrate", "--starter", "-v0"), once=True),
        Child(
            "static", (*DJANGO, "collectstatic", "--noinput", "-v0"), once=True, then=lambda: static.stamp(plan.data)
        ),
        Child("web", (*module(GUNICORN), *_where(plan)), ("migrate", "static"), is_ready=lambda: probes.is_ok(web)),
        Child("shop", module("tscore.marketplace"), stopped=2, is_ready=lambda: probes.answers(market)),
        Child("fill", (*DJANGO, "fill_demo"), ("web", "shop"), once=True, environment={"HOLD_EFFECTS_S": "0"}),
        Child("worker", module(f"{CELERY} {WORKER}"), ("migrate", "web", "fill")),
        Child("beat", module(f"{CELERY} {beat}"), ("migrate", "web", "fill")),
        Child("consume", (*DJANGO, "consume"), ("migrate", "web", "fill")),
        Child("watch", (*DJANGO, "watch"), ("worker", "beat")),
        Child("live", (*DJANGO, "demo_live"), ("worker", "beat", "fill")),
    ]
    left_out = _left_out(plan)
    return [child for child in children if child.name not in left_out]


def module(command: str) -> tuple[str, ...]:
    """Return the command line that runs a Python module with these arguments."""
    return (sys.executable, "-m", *command.split())


def _where(plan: Plan) -> tuple[str, ...]:
    shared_memory = ("--worker-tmp-dir", "/dev/shm") if sys.platform == "linux" else ()
    return ("-b", f"127.0.0.1:{plan.port}", "--log-level", "warning", *shared_memory)


def _left_out(plan: Plan) -> set[str]:
    names = {"static"} if static.is_current(plan.data) else set()
    names |= set() if os.environ.get("INGEST_QUEUE_URL") else {"consume"}
    if not plan.demo:
        return names | {"shop", "fill", "live"}
    return names | ({"fill"} if probes.is_filled(plan.data) else set())
