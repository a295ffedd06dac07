"""A person's own keys: which commands there are, what a key is called, which choices cannot stand together.

A command is known by the key it has from the start, wherever a page offers it (`data-key`, `data-row-key`). The browser
gets one map from that key to the person's own; `static/js/keys.js` applies it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tscore.core import navigation
from tscore.core.models import User

MODES: Final = {
    "letters": "Single letters and signs",
    "alt": "Only together with Alt, as in Alt+n",
    "off": "No shortcuts, except those with Ctrl",
}
_NAMED: Final = {"enter": "Enter", "space": " ", "arrowup": "ArrowUp", "arrowdown": "ArrowDown"}
_KEY: Final = re.compile(r"(?:(ctrl)\+)?(?:(alt)\+)?(?:(shift)\+)?(\S|enter|space|arrowup|arrowdown)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Command:
    """What can be done with a key, and its key from the start."""

    key: str
    label: str
    group: str


_FIXED: Final = (
    *(Command(*one, "Everywhere") for one in (
        ("Ctrl+k", "Find or do anything"), ("/", "Filter or search"), ("?", "Keys for this page"),
        ("z", "Undo the last decision"), ("t", "Focus the notification"), ("Ctrl+p", "Print or PDF"),
        ("[", "Previous tab"), ("]", "Next tab"), ("b", "Bulk: preview or go on"), ("*", "Keep or pin"),
    )),
    *(Command(*one, "Lists") for one in (
        ("j", "Next row or case"), ("k", "Previous row or case"), ("o", "Open; on a case: something else"),
        (" ", "Peek"), ("x", "Select"), ("Shift+J", "Select down"), ("Shift+K", "Select up"), ("c", "Take the case"),
        ("Shift+C", "Release"), ("s", "Start reviewing"), (".", "Show what is new"), ("Shift+Z", "Take back"),
    )),
    *(Command(str(digit), f"Choose preset {digit}", "Case") for digit in range(1, 10)),
    *(Command(*one, "Case") for one in (
        ("Enter", "Apply and next"), ("Shift+Enter", "Apply and stay"), ("Ctrl+Enter", "Apply and next, while writing"),
        ("p", "Policy"), ("a", "Actions"), ("l", "Label"), ("r", "Reason"), ("e", "Escalate to a lead"), ("n", "Skip"),
        ("h", "Snooze"), ("m", "Write a note"), ("v", "Hold to reveal"), ("i", "Peek at the entity"),
        ("f", "Similar cases"), ("d", "Show scores and detectors"), ("u", "Up to the list"), ("y", "Copy a link"),
        ("Shift+Y", "Copy a summary"),
    )),
)  # fmt: skip


def commands() -> list[Command]:
    """Return every command, with the places of the rail that have a key."""
    return [*_FIXED, *(Command(place.key, place.label, "Go to") for place in navigation.PLACES if place.key)]


def canonical(text: str) -> str:
    """Return a key as the browser names it: `N` is `Shift+N`, `alt+n` is `Alt+n`, `g w` is pressed one after the other.

    Raises:
        ValueError: that is no key, or one that the browser keeps for itself.
    """
    parts = [_one(part) for part in text.split()]
    if not 1 <= len(parts) <= 2:
        raise ValueError(text)
    return " ".join(parts)


def _one(text: str) -> str:
    found = _KEY.fullmatch(text)
    if not found or text.lower() in ("ctrl+t", "ctrl+w", "ctrl+n"):
        raise ValueError(text)
    ctrl, alt, shift, key = found.groups()
    if ctrl:
        return f"Ctrl+{_NAMED.get(key.lower(), key.lower())}"
    is_letter = key.lower() != key.upper()
    shifted = is_letter and bool(shift or (len(key) == 1 and key.isupper()))
    name = _NAMED.get(key.lower()) or (key.upper() if shifted else key.lower())
    return f"{'Alt+' if alt else ''}{'Shift+' if shifted else ''}{name}"


def effective(mode: str, own: Mapping[str, str]) -> dict[str, str]:
    """Return the key of every command, by its key from the start."""
    return {one.key: own.get(one.key) or (_with_alt(one.key) if mode == "alt" else one.key) for one in commands()}


def _with_alt(key: str) -> str:
    """Return the key with Alt, unless it has a modifier already or types no character."""
    is_typed = key != " " and len(key.partition(" ")[0].removeprefix("Shift+")) == 1
    return f"Alt+{key}" if is_typed else key


def conflicts(mode: str, own: Mapping[str, str]) -> dict[str, str]:
    """Return a sentence for each command of `own` whose key another one has, or begins with, by its key from the start.

    Keys that were one from the start (`Enter` opens in a list and decides on a case) are one command here.
    """
    keys, names = effective(mode, own), {one.key: one.label for one in commands()}
    found: dict[str, str] = {}
    for mine in own:
        for other, key in keys.items():
            if other != mine and _meet(keys[mine], key):
                found.setdefault(mine, f"{keys[mine]} is already taken by “{names[other]}”.")
    return found


def _meet(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other} ") or other.startswith(f"{one} ")


def of(user: Any) -> dict[str, Any]:
    """Return what a page needs: `off`, and `map` from keys of the start to own ones where they differ."""
    kept = getattr(user, "shortcuts", None) or {}
    mode = kept.get("mode", "letters")
    keys = effective(mode, kept.get("own", {})) if mode == "alt" or kept.get("own") else {}
    return {"off": mode == "off", "map": {start: key for start, key in keys.items() if start != key}}


def save(user: User, *, mode: str, own: Mapping[str, str]) -> None:
    """Keep a person's choice; what has no conflicts."""
    User.objects.filter(pk=user.pk).update(shortcuts={"mode": mode, "own": dict(own)})
