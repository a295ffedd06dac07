"""A second world of the same seed, epoch and scale gives the same training tables, and an audit chain that holds."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tscore import embedded
from tscore.bench import server
from tscore.embedded.paths import ROOT

AS_OF = "2026-03-01T10:00:00Z"
WORLD = {"DEMO": "1", "DEMO_SEED": "two-worlds", "DEMO_EPOCH": AS_OF}
TYPES = ("account_takeover", "phishing", "payment_fraud", "prohibited_item")
LIMIT_S = 600


def surroundings(data: Path, scale: str) -> dict[str, str]:
    port = server.free_port()
    outside = ("ANCHORS", "BROKER_URL", "DATABASE_NAME", "DJANGO_SETTINGS_MODULE", "MAKELEVEL")
    kept = {name: value for name, value in os.environ.items() if name not in outside}
    return {**kept, **WORLD, "DATA": str(data), "PORT": str(port), "DEMO_SCALE": scale}


def fill(data: Path, scale: str) -> dict[str, str]:
    """Run the console until its world is filled, then stop it; return its surroundings."""
    environment = surroundings(data, scale)
    with (data.parent / f"{data.name}.log").open("w") as log:
        console = subprocess.Popen(
            [sys.executable, "manage.py", "up"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        end = time.monotonic() + LIMIT_S
        while not is_filled(data) and console.poll() is None and time.monotonic() < end:
            time.sleep(0.5)
        console.terminate()
        console.wait(20)
    assert is_filled(data), (data.parent / f"{data.name}.log").read_text()[-2000:]
    return environment


def is_filled(data: Path) -> bool:
    path = data / "demo.json"
    return path.exists() and json.loads(path.read_text())["filled"]


def manage(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip().splitlines()[-1]


def tables(environment: dict[str, str], folder: Path) -> dict[str, str]:
    with embedded.use(Path(environment["DATA"])):  # once for all four
        return {
            kind: manage(environment, "build_dataset", kind, "--as-of", AS_OF, "--out", str(folder / kind))
            for kind in TYPES
        }


@pytest.mark.parametrize("scale", ["0.05", pytest.param("1", marks=pytest.mark.slow)])
def test_second_world_of_the_same_seed_gives_the_same_tables(tmp_path, scale):
    first, second = fill(tmp_path / "first", scale), fill(tmp_path / "second", scale)

    hashes = tables(first, tmp_path / "tables-first")

    assert hashes == tables(second, tmp_path / "tables-second")
    assert hashes == tables(first, tmp_path / "tables-again")
    assert len(set(hashes.values())) == len(TYPES)
    manage(first, "verify_audit")
    manage(first, "check_invariants")
