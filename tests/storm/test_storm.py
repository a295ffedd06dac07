"""A short storm ends with the all-clear, and each bug that is let in turns it red with a sentence that names it."""

import os
import subprocess
import sys

import pytest

from tests.faults.stages import ROOT

PATIENCE_S = 400
SEED, SECONDS = "11", "12"
BROKEN = {
    "no_dedupe": "BROKEN Every event is stored once",
    "answer_before_commit": "BROKEN Every accepted event is stored",
    "no_fence": "BROKEN An event is scored once, by whoever holds its lease",
    "publish_after_commit": "BROKEN Every event is scored",
    "unsorted_locks": "BROKEN Nobody waits for locks in a circle",
}
IN_EVERY_CHECK = "no_dedupe"


def storm(*more: str, seconds: str = SECONDS) -> tuple[int, list[str]]:
    """Run one storm in a process of its own; return its exit status and what it said."""
    command = [sys.executable, "-m", "tests.storm", "--seed", SEED, "--seconds", seconds, "--clean", *more]
    ended = subprocess.run(
        command, cwd=ROOT, env=dict(os.environ), timeout=PATIENCE_S, capture_output=True, text=True, check=False
    )
    return ended.returncode, [line.removeprefix("storm | ") for line in (ended.stdout + ended.stderr).splitlines()]


def test_short_storm_ends_with_the_all_clear():
    status, said = storm()

    assert status == 0, "\n".join(said)
    assert said[-1].startswith("ALL CLEAR")


@pytest.mark.parametrize("bug", BROKEN)
def test_bug_still_finds_what_it_breaks(bug):
    let_in = "import django; django.setup(); from tests.storm import bugs; bugs.install()"
    asked = dict(os.environ) | {"STORM_BUG": bug}
    ended = subprocess.run(
        [sys.executable, "-c", let_in], cwd=ROOT, env=asked, timeout=60, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize(
    "bug", [name if name == IN_EVERY_CHECK else pytest.param(name, marks=pytest.mark.slow) for name in BROKEN]
)
def test_bug_turns_the_storm_red_and_is_named(bug):
    status, said = storm("--bug", bug, "--patience", "12")

    assert status == 1, "\n".join(said)
    assert any(line.startswith(BROKEN[bug]) for line in said), "\n".join(said)


@pytest.mark.slow
def test_long_storm_ends_with_the_all_clear():
    status, said = storm(seconds="240")

    assert status == 0, "\n".join(said)
