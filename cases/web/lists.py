"""What stands above a list of cases: the field, the choices that write the same text, the tabs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from cases.filter_text import Filter, Mistake
from cases.queries.filter_addresses import Asked
from signals.enums import Severity
from tscore.core.http import HtmxRequest

TABS: Final = (
    ("", "Open"),
    ("state:free", "Free"),
    ("state:review", "In review"),
    ("state:waiting", "Waiting"),
    ("assignee:me", "Mine"),
)
CHOICES: Final = (
    ("is:risk", "At risk"),
    ("is:late", "Late"),
    ("is:escalated", "Escalated"),
    ("severity:>=high", "High and critical"),
    ("stake:>500", "More than 500 at stake"),
    ("age:>2h", "Older than 2 hours"),
    ("due:<1h", "Due within the hour"),
    ("has:note", "With a note"),
    ("-label:legit", "Never found legitimate"),
    ("sort:severity", "Sort by severity"),
)


def tools(
    request: HtmxRequest,
    *,
    base: str,
    asked: Asked,
    typed: Filter | None,
    counts: Mapping[str, int] | None = None,
    tabs: bool = True,
) -> dict[str, Any]:
    """Return everything above a list; `base` is its address, `typed` what could not be read."""
    return {
        "asked": asked,
        "tabs": _tabs(asked.address) if tabs else [],
        "choices": _choices(asked.address),
        "severities": _severities(counts or {}, asked.address),
        **field(request, base=base, typed=typed or asked.shown, last=asked.address.text),
    }


def field(request: HtmxRequest, *, base: str, typed: Filter, last: str = "") -> dict[str, Any]:
    """Return the field with its text and mistakes; `last` is the filter of what is shown below it."""
    return {
        "filter_url": f"{base}filter/",
        "filter_text": typed.text,
        "filter_last": last or request.POST.get("last", ""),
        "mistakes": [_marked(typed.text, mistake) for mistake in typed.mistakes],
    }


def link(address: str) -> str:
    """Return the query that asks for a filter."""
    return f"?f={quote(address, safe=':,-~')}" if address else "?"


def _marked(text: str, mistake: Mistake) -> dict[str, str]:
    """Cut the text into what stands before, in and after the mistake; nothing of it where the mistake has no place."""
    if not mistake.end:
        return {"words": mistake.words}
    cut = {"before": text[: mistake.start], "wrong": text[mistake.start : mistake.end], "after": text[mistake.end :]}
    return {**cut, "words": mistake.words, "better": mistake.better}


def _tabs(address: Filter) -> list[dict[str, Any]]:
    rest = address.without("state", "assignee")
    has_any = address.named("state") or address.named("assignee")
    standing = {term.text for term in address.terms}
    return [
        {
            "url": link(f"{rest} {text}".strip()),
            "label": label,
            "current": text in standing if text else not has_any and not rest,
        }
        for text, label in TABS
    ]


def _choices(address: Filter) -> list[dict[str, Any]]:
    standing = {term.text for term in address.terms}
    offered = {text for text, _ in CHOICES}
    own = [(term.text, term.text) for term in address.terms if term.text not in offered]
    return [
        {
            "label": label if not label.startswith(("~", "-~")) else "A word",
            "text": text if not text.startswith(("~", "-~")) else "",
            "on": text in standing,
            "url": link(_toggled(address, text)),
        }
        for text, label in (*CHOICES, *own)
    ]


def _toggled(address: Filter, text: str) -> str:
    if any(term.text == text for term in address.terms):
        return " ".join(term.text for term in address.terms if term.text != text)
    return f"{address.text} {text}".strip()


def _severities(counts: Mapping[str, int], address: Filter) -> list[dict[str, Any]]:
    asked = address.named("severity")
    return [
        {
            "url": link(address.replaced("severity", f"severity:{word}")),
            "word": word,
            "count": counts[word],
            "current": asked is not None and asked.values == (word,) and not asked.op,
        }
        for word in reversed(Severity.values)
        if counts.get(word)
    ]
