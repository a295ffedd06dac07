"""Budgets and manners of styles and scripts."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PLAIN_SCRIPT = re.compile(r"<script(?![^>]*(?:src=|type=\"application/json\"))")


def test_styles_fit_their_budget():
    assert sum(path.stat().st_size for path in STYLES) <= 25_000


def test_scripts_fit_their_budget():
    assert sum(path.stat().st_size for path in SCRIPTS) <= 15_000
    assert (ROOT / "static" / "js" / "keys.js").stat().st_size <= 6_000


@pytest.mark.parametrize("path", [path for path in STYLES if path.name != "tokens.css"], ids=lambda path: path.name)
def test_styles_use_tokens_classes_and_layers_only(path):
    text = path.read_text()

    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb\(|hsl\(|oklch\(", text) == []
    assert re.findall(r"(?m)^\s*#[\w-]+", text) == []
    assert len(re.findall("!important", text)) == 0 or path.name in ("base.css", "print.css")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_have_no_inline_style_script_or_handler(path):
    text = path.read_text()

    assert re.findall(r"\sstyle=|\son[a-z]+=|hx-on|javascript:|\|safe\b|autoescape off", text) == []
    assert PLAIN_SCRIPT.findall(text) == []


def test_the_frame_links_every_style_and_script():
    linked = re.findall(r"static '(?:css|js)/([\w.]+)'", "".join(path.read_text() for path in TEMPLATES))

    assert sorted(linked) == sorted(path.name for path in [*STYLES, *SCRIPTS])
