"""Every page's three kinds of empty: which template draws it, from what, or why there is none of that kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace as Row
from typing import Any, Final

from cases.web import lists
from cases.web.entity import TABS

EMPTY, HINT, BANNER = '<div class="empty">', '<p class="body hint">', '<div class="banner ok">'


@dataclass(frozen=True, slots=True)
class Shown:
    """A template with what it is drawn from; of the page only the parts that begin with `mark` are shown."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    mark: str = EMPTY


@dataclass(frozen=True, slots=True)
class Never:
    """Why a page has no such state."""

    why: str


@dataclass(frozen=True, slots=True)
class Page:
    """The three kinds of empty of one page."""

    nothing_yet: Shown | Never
    all_done: Shown | Never
    no_match: Shown | Never


NO_FILTER: Final = Never("It has no filter.")
STAYS: Final = Never("What was made stays listed, so it is never empty again.")
NO_WORK: Final = Never("It lists no work that could be done.")
_NONE: Final[dict[str, Any]] = {"rows": [], "items": [], "lines": [], "endpoints": [], "cases": [], "entities": []}
_QUEUE: Final = Row(name="Account takeover", slug="ato", pk=1)
_SUBJECT: Final = Row(id=1, kind="account", ref="en_1", text="a-1", hub=False, state="", masked="a-1")
_HEAD: Final = Row(ref="C-812", queue_name="Account takeover", queue_slug="ato", subject=_SUBJECT)


def _queue(words: dict[str, str]) -> Shown:
    found = Row(queue=_QUEUE, rows=[], open_count=0, at_risk_count=0)
    return Shown("cases/queue.html", {"found": found, "empty": words, "filter_url": "/queues/ato/filter/"})


def _view(**context: Any) -> dict[str, Any]:
    words = lists.no_match("severity:critical")
    view = Row(name="Worst", pk=1, owner=Row(name="Ana"), is_shared=False)
    return {"view": view, "found": Row(rows=[]), "empty": words, "filter_url": "/views/1/filter/", **context}


def _tab(tab: str) -> Page:
    """Return the empty tab of an entity; what is on it came about and stays, and there is no filter."""
    about = Row(ref="en_1", kind="account", state="", first_seen_at=None, last_seen_at=None)
    found = {"subject": Row(event_count=0, prior_decisions=0, label_classes=[])}
    context = {"name": _SUBJECT, "about": about, "found": found, "tab": tab}
    return Page(Shown("cases/entity.html", context, HINT), STAYS, NO_FILTER)


PAGES: Final[dict[str, Page]] = {
    "Queues": Page(Shown("cases/queues.html", {"cards": []}), Never("A queue without cases stays listed."), NO_FILTER),
    "Queue": Page(
        _queue(lists.nothing_yet()),
        _queue(lists.all_done()),
        _queue(lists.no_match("severity:critical", open_count=0)),
    ),
    "View": Page(
        Never("A view is made from a list that was looked at."),
        Shown("cases/view.html", _view(drained=True), BANNER),
        Shown("cases/view.html", _view()),
    ),
    "Inbox": Page(
        Shown("cases/inbox.html", {"found": _NONE, "is_done": True}),
        Shown("cases/inbox.html", {"found": _NONE, "is_done": False}),
        NO_FILTER,
    ),
    "Home": Page(
        Shown("cases/home.html", {"nothing_held": "Nothing is open in your queues."}),
        Shown("cases/home.html", {"nothing_held": "1 queue you can open: 3 open.", "cards": [Row(slug="ato")]}),
        NO_FILTER,
    ),
    "Case": Page(
        Shown("cases/_story.html", {"head": _HEAD, "is_narrowed": False}),
        Shown("cases/_drained_answer.html", {"queue": _QUEUE, "queue_url": "/queues/ato/"}),
        Shown("cases/_story.html", {"head": _HEAD, "is_narrowed": True}),
    ),
    "Bulk jobs": Page(Shown("cases/bulk_jobs.html", {"found": _NONE, "queues": [_QUEUE]}), STAYS, NO_FILTER),
    "Bulk job": Page(
        Shown("cases/_bulk_tally.html", {"tally": Row(sample=[], taking_part=0, listed=1)}, "<p>No case takes part"),
        Never("A finished job says Done and keeps its list with what became of each case."),
        Never("A filter that fits no case makes no job: the form is answered with the reason (422)."),
    ),
    "Search": Page(
        Shown("cases/search.html"),
        NO_WORK,
        Shown("cases/search.html", {"found": _NONE, "results": {"cases": [], "groups": []}}),
    ),
    **{f"Entity, {label.lower()}": _tab(tab) for tab, label in TABS.items()},
    "My decisions": Page(Shown("cases/mine.html"), STAYS, NO_FILTER),
    "Practice": Page(
        Shown("cases/practice_none.html"),
        Never("When all were answered, the first comes again."),
        NO_FILTER,
    ),
    "Handbook": Page(Shown("cases/handbook.html"), NO_WORK, NO_FILTER),
    "Audit": Page(
        Shown("cases/audit.html", {"found": _NONE}),
        NO_WORK,
        Shown("cases/audit.html", {"found": _NONE, "is_filtered": True}),
    ),
    "Mutes": Page(
        Shown("cases/mutes.html", {"found": _NONE, "is_standing": True}),
        Shown("cases/mutes.html", {"found": _NONE, "is_standing": False}),
        NO_FILTER,
    ),
    "Delivery": Page(
        Never("Before the first action the page says the same as when all have arrived."),
        Shown("cases/delivery.html", {"found": _NONE}),
        NO_FILTER,
    ),
    "Actions": Page(
        Shown("cases/actions.html", {"found": _NONE}),
        STAYS,
        Shown("cases/actions.html", {"found": _NONE, "state": "failed"}),
    ),
    "Dead letters": Page(
        Shown("signals/dead_letters.html", {"found": _NONE, "state": "open"}),
        Never("When all are repaired, the page says the same as before the first."),
        Shown("signals/dead_letters.html", {"found": _NONE, "state": "open", "asked": {"code": "bad_value"}}),
    ),
    "Datasets": Page(Shown("signals/datasets.html", {"found": _NONE}), STAYS, NO_FILTER),
    "Labels": Page(
        Shown("signals/labels.html", {"found": _NONE}),
        NO_WORK,
        Shown("signals/labels.html", {"found": _NONE, "is_filtered": True}),
    ),
}
