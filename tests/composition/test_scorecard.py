"""The scorecard says what is there: sixty checks, tests that exist, sums that are right, gates that cap."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "ux-scorecard.md").read_text()
GATES = {"H01", "H08", "H15", "H17", "H18", "H36", "H39", "H51"}
NEED_PEOPLE = {"H24", "H42", "H46", "H47"}
POINTS = {"0": 0, "1": 1, "2": 2, "open": 0}  # what is not scored yet has no points, but counts
LINE = re.compile(r"^\| (H\d\d)( ●)? \| (.*?) \| (0|1|2|n/a|open) \| (.*?) ?\| ?(.*?) ?\|$")


def headings():
    """Return the lines of each heading, in order."""
    parts = re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]
    return {part.splitlines()[0]: [LINE.match(line) for line in part.splitlines() if re.match(r"\| H\d\d", line)]
            for part in parts}  # fmt: skip


def score(rows):
    counted = [row[4] for row in rows if row[4] != "n/a"]
    return sum(POINTS[one] for one in counted), 2 * len(counted)


def test_sixty_checks_stand_in_order_with_their_gates():
    rows = [row for found in headings().values() for row in found]

    assert None not in rows
    assert [row[1] for row in rows] == [f"H{number:02}" for number in range(1, 61)]
    assert {row[1] for row in rows if row[2]} == GATES
    assert {row[1] for row in rows if row[4] == "n/a"} >= NEED_PEOPLE


def test_what_is_scored_is_shown_and_what_falls_short_is_said():
    rows = [row for found in headings().values() for row in found]

    assert [row[1] for row in rows if row[4] in ("1", "2") and "::" not in row[5]] == []
    assert [row[1] for row in rows if row[4] != "2" and not row[6]] == []


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`([\w/]+\.py::\w+)`", TEXT))))
def test_evidence_is_a_test_that_exists(named):
    path, name = named.split("::")

    assert re.search(rf"^def {name}\(", (ROOT / "tests" / path).read_text(), re.MULTILINE)


def test_sums_are_right():
    told = dict(re.findall(r"^\| ([A-Z][\w ,-]+) \| (\d+ \| \d+) \|$", TEXT, re.MULTILINE))
    found = {heading: score(rows) for heading, rows in headings().items()}
    points, most = (sum(one[at] for one in found.values()) for at in (0, 1))
    failed = [row[1] for rows in headings().values() for row in rows if row[2] and row[4] == "0"]
    share = min(points / most, 0.6 if failed else 1.0)

    assert told == {heading: f"{got} | {of}" for heading, (got, of) in found.items()}
    assert f"| **Total** | **{points}** | **{most}** = {share:.0%} |" in TEXT
