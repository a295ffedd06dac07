"""A person's own keys, as one plain form."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpResponse

from tscore.core import shortcuts
from tscore.core.http import HtmxRequest, page, see_other

NO_KEY = "That is no key that can be used. Write one sign, Shift+X, Alt+x, Ctrl+x, or two one after the other: g x."


def page_of_keys(request: HtmxRequest) -> HttpResponse:
    """Show every command with its key, or keep what was chosen; a key that another command has is refused."""
    if request.method != "POST":
        kept = request.user.shortcuts or {}
        return _answer(request, kept.get("mode", "letters"), kept.get("own", {}), {})
    mode = request.POST.get("mode", "letters")
    own, errors = _read(request)
    if mode in shortcuts.MODES and not errors:
        errors = shortcuts.conflicts(mode, own)
    if errors or mode not in shortcuts.MODES:
        return _answer(request, mode, own, errors, status=422)
    shortcuts.save(request.user, mode=mode, own=own)
    return see_other(request, "core:shortcuts")


def _read(request: HtmxRequest) -> tuple[dict[str, str], dict[str, str]]:
    """Return what was typed by command, and what of it is no key."""
    own, errors = {}, {}
    for command in shortcuts.commands():
        typed = request.POST.get(f"key {command.key}", "").strip()[:20]
        try:
            name = shortcuts.canonical(typed) if typed else command.key
        except ValueError:
            name, errors[command.key] = typed, NO_KEY
        if name != command.key:
            own[command.key] = name
    return own, errors


def _answer(
    request: HtmxRequest, mode: str, own: dict[str, str], errors: dict[str, str], status: int = 200
) -> HttpResponse:
    lines: list[dict[str, Any]] = [
        {"command": one, "key": one.key.replace(" ", "Space") if one.key == " " else one.key,
         "own": own.get(one.key, ""), "error": errors.get(one.key, ""), "id": f"key-{number}"}
        for number, one in enumerate(shortcuts.commands())
    ]  # fmt: skip
    context: dict[str, Any] = {
        "mode": mode,
        "modes": shortcuts.MODES,
        "groups": [(name, list(group)) for name, group in groupby(lines, key=lambda line: line["command"].group)],
        "errors": [line for line in lines if line["error"]],
    }
    return page(request, "core/shortcuts.html", context, status=status)
