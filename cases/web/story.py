"""What happened, put in order for reading: bands of sessions and days, reasons by strength, the rank in words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from cases.models import Case
from cases.queries.case_header import RankTerms
from cases.queries.doings import Doing
from cases.queries.names import EntityName
from cases.queries.sight import Opening
from cases.queries.what import EventView, ReasonLine, SignalView
from cases.services.ranking import MOST_USED
from cases.web import event_words
from cases.web.event_words import Line
from tscore.core import untrusted
from tscore.core.templatetags.console import money

FIRST_REASONS: Final = 4


@dataclass(frozen=True, slots=True)
class Band:
    """What belongs together: the events of one session, or a day of what has none."""

    title: str
    note: str
    events: list[Line]
    side: str = ""  # "flagged" like the trigger, "usual" for the account, or not told


@dataclass(frozen=True, slots=True)
class Why:
    """One reason with its signal's standing."""

    reason: ReasonLine
    struck: bool
    detector: str
    is_new: bool = False


def bands(
    events: Sequence[EventView], *, zone: ZoneInfo | None, done: Sequence[Doing] = (), trigger: EventView | None = None
) -> list[Band]:
    """Put events into bands of sessions, and what belongs to none into days, both newest first.

    With a trigger, sessions are told apart: its own, and those from a device that signed in before it.
    """
    groups: dict[tuple[str, Any], list[EventView | Line]] = {}
    items: list[EventView | Line] = [*events, *map(event_words.doing, done)]
    for item in sorted(items, key=_moment, reverse=True):
        groups.setdefault(_belongs(item, zone), []).append(item)
    usual = _usual_devices(events, trigger) if trigger else frozenset()
    return [_band(items, zone=zone, trigger=trigger, usual=usual) for items in groups.values()]


def reasons(signals: list[SignalView]) -> tuple[list[Why], list[Why]]:
    """Return the reasons to show first and the rest: live before withdrawn, strongest first.

    Each sentence is said once; of reasons of one kind that only count on, the newest comes first and the rest behind.
    """
    newest_first = sorted(signals, key=lambda signal: signal.observed_at, reverse=True)
    lines = [
        Why(reason, signal.is_retracted, signal.detector, signal.is_new)
        for signal in newest_first
        for reason in signal.reasons
    ]
    said_once = _first_of(lines, lambda why: (why.reason.sentence, str(why.reason.value), why.struck))
    newest = _first_of(said_once, lambda why: (why.detector, why.reason.code, why.struck))
    older = [why for why in said_once if not any(why is one for one in newest)]
    first = sorted(newest, key=_weight)
    return first[:FIRST_REASONS], [*first[FIRST_REASONS:], *sorted(older, key=_weight)]


def rank_sentence(terms: RankTerms) -> str:
    """Say how the priority came about, term by term."""
    calibrated = "" if terms.is_calibrated else " (not calibrated)"
    stake = money(terms.stake_minor, "EUR")
    return (
        f"{terms.probability:.2f} probability{calibrated} × {stake} at stake{_urgency(terms)}"
        f" = {terms.priority / 100:,.0f}"
    )


def rank_words(terms: RankTerms, *, opening: Opening | None = None) -> str:
    """Say what the priority is made of without a score; of a case by hand without a finding, that it has none."""
    if opening and not terms.probability:
        return "opened by hand, so it has no score; its turn comes by waiting"
    stake = money(terms.stake_minor, "EUR")
    return f"how likely it is × {stake} at stake{_urgency(terms)}"


def lane_sentence(case: Case) -> str:
    """Say why a drawn case is here, and nothing of what was found."""
    lane, chance = case.lane.replace("_", " "), case.inclusion_probability or 1.0
    return f"drawn for the {lane} lane, where each such event had a chance of {chance:.2g}; its turn comes by waiting"


def _urgency(terms: RankTerms) -> str:
    return f" × {1 + terms.used_share:g} because {_used(terms.used_share)} of the promised time is used"


def _used(share: float) -> str:
    return f"{share:.0%} or more" if share >= MOST_USED else f"{share:.0%}"


def _first_of(lines: list[Why], key: Callable[[Why], Hashable]) -> list[Why]:
    found: dict[Hashable, Why] = {}
    for line in lines:
        found.setdefault(key(line), line)
    return list(found.values())


def _weight(why: Why) -> tuple[bool, float]:
    return why.struck, -(why.reason.contribution or 0)


def _moment(item: EventView | Line) -> datetime:
    return item.at if isinstance(item, Line) else item.occurred_at


def _belongs(item: EventView | Line, zone: ZoneInfo | None) -> tuple[str, Any]:
    session = None if isinstance(item, Line) else named(item, "session")
    return ("session", session.id) if session else ("day", _moment(item).astimezone(zone).date())


def _usual_devices(events: Sequence[EventView], trigger: EventView) -> frozenset[int]:
    """Return the devices, other than the flagged one, from which sign-ins succeeded before the trigger."""
    flagged = named(trigger, "device")
    before = [event for event in events if event.kind == "login.succeeded" and event.occurred_at < trigger.occurred_at]
    found = {device.id for event in before if (device := named(event, "device"))}
    return frozenset(found - {flagged.id if flagged else 0})


def _band(
    items: list[EventView | Line], *, zone: ZoneInfo | None, trigger: EventView | None, usual: frozenset[int]
) -> Band:
    events = [item for item in items if not isinstance(item, Line)]
    lines = [item if isinstance(item, Line) else event_words.line(item) for item in items]
    if not events or not named(events[0], "session"):
        return Band(f"{_moment(items[0]).astimezone(zone):%-d %B %Y}", "", lines)
    title = _session_title(events[-1].occurred_at, events[0].occurred_at, zone)
    return Band(title, _session_note(events), lines, _side(events, trigger, usual))


def _side(events: list[EventView], trigger: EventView | None, usual: frozenset[int]) -> str:
    if trigger is None:
        return ""
    if any(_same(event, trigger, role) for event in events for role in ("session", "device")):
        return "flagged"
    return "usual" if any((device := named(event, "device")) and device.id in usual for event in events) else ""


def _same(one: EventView, other: EventView, role: str) -> bool:
    mine, theirs = named(one, role), named(other, role)
    return mine is not None and theirs is not None and mine.id == theirs.id


def _session_title(start: datetime, end: datetime, zone: ZoneInfo | None) -> str:
    start, end = start.astimezone(zone), end.astimezone(zone)
    until = "" if start == end else f"–{end:%H:%M}" if start.date() == end.date() else f" – {end:%-d %b %H:%M}"
    return f"Session {start:%-d %b %H:%M}{until}"


def _session_note(events: list[EventView]) -> str:
    """Return country and device of a session: facts by code and id, without what its user wrote."""
    country = next((value for event in events if (value := event_words.field(event, "context.country"))), "")
    device = next((found for event in events if (found := named(event, "device"))), None)
    return " · ".join(part for part in (country, f"device {untrusted.plain(device.text)}" if device else "") if part)


def named(event: EventView, role: str) -> EntityName | None:
    """Return the entity that plays a role in an event."""
    return next((name for found, name in event.entities if found == role), None)
