"""The time line of a case and its filters: all, risky changes only, or one kind of event."""

from __future__ import annotations

from typing import Any, Final
from zoneinfo import ZoneInfo

from cases.queries.event_views import EventView, event_views, in_order, newest_ids
from cases.queries.sight import Sight
from cases.web import event_words, story
from cases.web.event_words import WORDS

RISKY: Final = "risky"
FILTERS: Final = {
    "": "All",
    RISKY: "Risky only",
    "login": "Sign-ins",
    "account": "Account",
    "listing": "Listings",
    "message": "Messages",
    "payment": "Payments",
    "payout": "Payouts",
    "dispute": "Disputes",
    "report": "Reports",
}
LIMIT: Final = 50


def context(seen: Sight, *, zone: ZoneInfo | None, chosen: str = "") -> dict[str, Any]:
    """Return bands, the pinned event and filters; what is not among the filters counts as all.

    Without a filter nothing is read that the case did not bring; with one, the newest 50 events of its kinds are.
    """
    chosen = chosen if chosen in FILTERS else ""
    happened, is_blind = seen.what, seen.case.hides_findings
    trigger = next((event for event in happened.evidence if event.is_trigger), None)
    tells_sides = seen.case.abuse_type_id == "account_takeover" and not is_blind
    return {
        "bands": story.bands(
            _filtered(seen, chosen) if chosen else happened.timeline,
            zone=zone,
            done=[] if chosen or is_blind else seen.doings,
            trigger=trigger if tells_sides else None,
        ),
        "is_narrowed": bool(chosen),
        "pinned": event_words.line(trigger) if trigger and not is_blind else None,
        "filters": [(word, label, word == chosen) for word, label in FILTERS.items()],
    }


def _filtered(seen: Sight, chosen: str) -> list[EventView]:
    kinds = [name for name in WORDS if _is_wanted(name, chosen)]
    found = newest_ids(seen.case.entity, limit=LIMIT, kinds=kinds)
    evidence = [event.id for event in seen.what.evidence]
    views = in_order(event_views(found, evidence=evidence, triggers=_triggers(seen)), found)
    return [view for view in views if chosen != RISKY or event_words.line(view).risky]


def _is_wanted(name: str, chosen: str) -> bool:
    return WORDS[name].risky if chosen == RISKY else name.startswith(f"{chosen}.")


def _triggers(seen: Sight) -> list[int]:
    return [event.id for event in seen.what.evidence if event.is_trigger]
