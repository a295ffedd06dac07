"""The table of alarms is whole: the runbook speaks of each, and whatever is raised anywhere stands in it."""

import ast
import re
from pathlib import Path

import pytest

from tscore.core.templatetags import vocabulary
from tscore.watch import table

ROOT = Path(__file__).resolve().parents[2]
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


def sections():
    """Return the runbook's sections about alarms by heading."""
    text = (ROOT / table.RUNBOOK).read_text(encoding="utf-8").partition("\n# Alarms\n")[2]
    parts = HEADING.split(text)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_runbook_has_a_section_for_each_alarm_and_no_other():
    assert list(sections()) == [one.title for one in table.TABLE]


@pytest.mark.parametrize("declared", table.TABLE, ids=lambda one: one.pattern)
def test_section_names_key_severity_and_every_limit(declared):
    section = sections()[declared.title]

    assert f"`{declared.pattern}`" in section
    assert f"**{declared.severity}**" in section
    assert len(section.split()) >= 40


@pytest.mark.parametrize("declared", table.TABLE, ids=lambda one: one.pattern)
def test_line_is_whole(declared):
    assert declared.severity in vocabulary.SEVERITIES
    assert all(text.endswith(".") and len(text) > 20 for text in (declared.meaning, declared.todo))
    assert declared.pattern.count("*") == declared.pattern.endswith("*")
    assert declared.stage in (table.LOOK, table.LOOK_AHEAD)


def test_no_key_belongs_to_two_lines():
    keys = [one.pattern.replace("*", "x") for one in table.TABLE]

    assert [sum(one.covers(key) for one in table.TABLE) for key in keys] == [1] * len(keys)


def raised_in(path):
    """Yield the first argument of each call of raise_alarm as far as it is written there: a constant or its start."""
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "raise_alarm":
            parts = [part.value for part in ast.walk(call.args[0]) if isinstance(part, ast.Constant)]
            yield next((part for part in parts if isinstance(part, str)), "")


def test_whatever_the_apps_raise_is_declared():
    files = [path for folder in ("signals", "cases") for path in (ROOT / folder).rglob("*.py")]

    raised = {key for path in files for key in raised_in(path) if key}

    assert raised
    assert {key for key in raised if table.of_key(key) is None} == set()
