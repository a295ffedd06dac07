"""What stands above a list of cases: the field, the choices that write the same text, the tabs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from django.http import HttpResponse
from django.utils import timezone

from cases.filter_text import Filter, Mistake
from cases.models import Queue
from cases.queries import filter_addresses
from cases.queries.filter_addresses import Asked
from cases.queries.lists import MOST_NEW, newer
from cases.queries.rows import CaseRow
from signals.enums import Severity
from tscore.core.http import HtmxRequest, is_partial, page, partial
from tscore.core.models import User

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


# Columns a person may hide; severity, case and what can be done always stand.
COLUMNS: Final = {"subject": "Subject", "stake": "Exposure", "due": "Due", "state": "State"}
ALWAYS: Final = 2
# What is done to the current row: word of the button, cap of its key, label, key.
ACTS: Final = (("peek", "Space", "Peek", " "), ("claim", "c", "Claim", "c"), ("release", "⇧C", "Release", "Shift+C"))
# The address of a list, to which a form may lead back.
IS_LIST: Final = re.compile(r"/(?:queues|views)/[\w-]+/(?:\?[^#\s\\]*)?")


def shown_columns(user: User, *, may_bulk: bool = False) -> dict[str, Any]:
    """Return which columns this person sees, and how many there are with the one to select rows."""
    shown = {name: name not in user.hidden_columns for name in COLUMNS}
    choices = [(name, COLUMNS[name], shown[name]) for name in COLUMNS]
    return {"columns": shown, "column_choices": choices, "width": ALWAYS + may_bulk + sum(shown.values())}


def body(
    request: HtmxRequest,
    *,
    base: str,
    asked: Asked,
    rows: Sequence[CaseRow],
    counts: Mapping[str, int],
    now: datetime,
    may_bulk: bool,
) -> dict[str, Any]:
    """Return the rows with their headings, and what asks for newer ones; `counts` are of the list as a whole."""
    by_severity = asked.shown.named("sort") is not None
    address = asked.address.text
    since = {"since": int(now.timestamp()), "f": address}
    return {
        "lines": list(_headed(rows, {} if address != "sort:severity" else counts, by_severity=by_severity)),
        "acts": ACTS,
        "back": f"{base}{link(address)}",
        "chooser_url": f"{base}chooser/{link(address)}",
        "news_url": f"{base}news/?{urlencode(since)}{'&counts' if counts else ''}",
        "bulk_filter": address if may_bulk else None,
        **shown_columns(request.user, may_bulk=may_bulk),
    }


def _headed(rows: Sequence[CaseRow], counts: Mapping[str, int], *, by_severity: bool) -> Iterator[tuple[CaseRow, str]]:
    before = ""
    for row in rows:
        count = f" · {counts[row.severity]}" if counts.get(row.severity) else ""
        yield row, f"{row.severity.title()}{count}" if by_severity and row.severity != before else ""
        before = row.severity


def news(
    request: HtmxRequest, *, base: str, queues: Sequence[Queue], counts: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Say how many cases are newer than a list and what stands in `counts`; nothing where there is neither."""
    asked, text = filter_addresses.read(request.GET.get("f", "")), request.GET.get("since", "")
    since = datetime.fromtimestamp(int(text[:11]), UTC) if text.isascii() and text.isdigit() else timezone.now()
    count = newer(queues=queues, asked=asked.shown, user=request.user, since=since, now=timezone.now())
    if not count and not counts:
        return HttpResponse(status=204)
    context = {"count": count, "most": MOST_NEW, "since": since, "url": f"{base}{link(asked.address.text)}"}
    return partial(request, "cases/_news.html", {**context, **(counts or {})})


def chooser(request: HtmxRequest, *, base: str) -> HttpResponse:
    """Show the terms that can be chosen and the columns, inside the list or as a page."""
    address = filter_addresses.read(request.GET.get("f", "")).address
    choices = [{**one, "url": f"{base}{one['url']}"} for one in _choices(address)]
    context = {"choices": choices, "back": f"{base}{link(address.text)}", **shown_columns(request.user)}
    if is_partial(request):
        return partial(request, "cases/_chooser.html", context)
    return page(request, "cases/chooser.html", context)


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


def nothing_yet() -> dict[str, str]:
    """Say what fills a list of cases that never held one."""
    text = "Cases appear here once events have been received and a detector has found something in them."
    return {"title": "Nothing yet", "text": text, "link_url": "/queues/", "link_text": "Other queues"}


def all_done() -> dict[str, str]:
    """Say that every case is closed, and where work may be."""
    text = "Every case of this queue is closed."
    return {"title": "All done", "text": text, "link_url": "/queues/", "link_text": "Other queues"}


def no_match(words: str, *, open_count: int | None = None, looked: int = 0) -> dict[str, str]:
    """Say the filter that fits nothing; `looked` cases at most were compared, where a filter stops early."""
    rest = "" if open_count is None else f"; {open_count} are open"
    text = f"None of the {looked:,} most urgent cases looked at fits {words}." if looked else ""
    text = text or f"No case here fits {words}{rest}."
    return {"title": "No match", "text": text, "link_url": "?", "link_text": "Clear filter"}


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
        if word in counts
    ]
