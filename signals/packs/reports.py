"""Reports of users: each weighs as much as its reporter was right so far; many at once are one finding of their own."""

from __future__ import annotations

from typing import Final

from signals.detectors.base import EventView, Finding, PackRule, Reason, weighed
from signals.features.report import REPORTED

LEAST_TRUST: Final = 0.5
MOST_SCORE: Final = 0.9
BURST: Final = 10  # people who report the same within an hour
BURST_SCORE: Final = 0.6

# What a report is about says which abuse it may be; whatever is no listing is somebody who bothers others.
LISTING, PERSON = "prohibited_item", "phishing"


def _abuse_type(view: EventView) -> str:
    target = view.payload.get("target")
    return LISTING if isinstance(target, dict) and target.get("kind") == "listing" else PERSON


def _trusted(view: EventView) -> Finding | None:
    """Find a report by somebody who is right more often than not; none while many report the same at once."""
    trust = view.number("reporter_accuracy")
    if trust is None or trust < LEAST_TRUST or _others(view) >= BURST - 1:
        return None
    if not view.is_zero("reporter_same_target_24h"):
        return None
    judged, right = view.number("reporter_judged_180d") or 0, view.number("reporter_right_180d") or 0
    sentence = (
        f"Reported by somebody who was right in {right:.0f} of {judged:.0f} decided reports; "
        f"weighed with what is usual, {trust:.0%} trust."
    )
    return Finding(
        "target", min(round(trust, 2), MOST_SCORE), weighed((1.0, Reason("report", sentence, round(trust, 2))))
    )


def _burst(view: EventView) -> Finding | None:
    """Find the report that makes it many within an hour: the one that adds the tenth person, and no other."""
    if _others(view) != BURST - 1 or not view.is_zero("reporter_same_target_24h"):
        return None
    sentence = f"{BURST} people reported this within an hour; they may be right, or agree to harm somebody."
    return Finding("target", BURST_SCORE, weighed((1.0, Reason("report_burst", sentence, BURST, "0 to 1"))))


def _others(view: EventView) -> float:
    return view.number("target_reporters_1h") or 0


def trusted_listing(view: EventView) -> Finding | None:
    """Find a trusted report of a listing."""
    return _trusted(view) if _abuse_type(view) == LISTING else None


def trusted_person(view: EventView) -> Finding | None:
    """Find a trusted report of somebody, or of what somebody wrote."""
    return _trusted(view) if _abuse_type(view) == PERSON else None


def burst_listing(view: EventView) -> Finding | None:
    """Find a burst of reports of a listing."""
    return _burst(view) if _abuse_type(view) == LISTING else None


def burst_person(view: EventView) -> Finding | None:
    """Find a burst of reports of somebody, or of what somebody wrote."""
    return _burst(view) if _abuse_type(view) == PERSON else None


_KINDS: Final = frozenset(REPORTED)
DETECTORS: Final = (
    PackRule("reports.trusted_listing", "1", LISTING, "Report of a listing", _KINDS, trusted_listing),
    PackRule("reports.trusted_person", "1", PERSON, "Report of a person or message", _KINDS, trusted_person),
    PackRule("reports.burst_listing", "1", LISTING, "Many report a listing at once", _KINDS, burst_listing),
    PackRule("reports.burst_person", "1", PERSON, "Many report a person at once", _KINDS, burst_person),
)
