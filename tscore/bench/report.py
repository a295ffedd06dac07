"""What a measurement says: one line a figure, as a table for people and as JSON for programs."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

Line = dict[str, Any]
MARKS = {True: "yes", False: "NO", None: ""}


def line(
    name: str, value: float, unit: str, how: str, *, at_least: float | None = None, at_most: float | None = None
) -> Line:
    """Return one figure; `ok` says whether it reaches its goal, and is None where it has none."""
    goal = at_least if at_least is not None else at_most
    ok = None
    if goal is not None:
        ok = value >= goal if at_least is not None else value <= goal
    return {"name": name, "value": value, "unit": unit, "goal": goal, "ok": ok, "how": how}


def share(values: Sequence[float], part: float) -> float:
    """Return the value that this share of the values does not exceed, as in `share(values, 0.95)`."""
    return sorted(values)[max(math.ceil(len(values) * part), 1) - 1]


def write(lines: Sequence[Line], path: Path) -> None:
    """Write the figures whole or not at all."""
    new = path.with_suffix(".new")
    new.write_text(json.dumps(list(lines), indent=1) + "\n")
    new.rename(path)


def show(lines: Sequence[Line]) -> None:
    """Print the figures."""
    table = Table("figure", "value", "unit", "goal", "reached", "how")
    for one in lines:
        goal = "" if one["goal"] is None else f"{one['goal']:g}"
        table.add_row(one["name"], f"{one['value']:,g}", one["unit"], goal, MARKS[one["ok"]], one["how"])
    Console(width=None if os.isatty(1) else 180).print(table)


def load() -> str:
    """Say how busy the machine was, so that a figure taken beside other work is not trusted."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
