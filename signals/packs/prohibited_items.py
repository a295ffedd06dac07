"""Prohibited items: words of a policy in a listing, plain or disguised, unless an exception allows them."""

from __future__ import annotations

from typing import Final

from signals.detectors.base import EventView, Finding, PackRule, Reason, weighed
from signals.features import policy_terms
from signals.features.listing import LISTED
from signals.features.policy_terms import TermHit

TYPE: Final = "prohibited_item"

IN_TITLE: Final = 0.8
IN_DESCRIPTION: Final = 0.6
DISGUISED: Final = 0.9
EACH_FURTHER_TERM: Final = 0.04
MOST_SCORE: Final = 0.97
MOST_NAMED: Final = 5


def policy_term(view: EventView) -> Finding | None:
    """Find a listing that names what a policy forbids, openly."""
    if not view.at_least("listing_policy_hits", 1) or view.features.get("listing_evasion"):
        return None
    hits = _live_hits(view)
    if not hits:
        return None
    in_title = any(hit.member == "title" for hit in hits)
    reasons = [(_weight(hit), _named(hit)) for hit in _by_term(hits)[:MOST_NAMED]]
    return _finding(IN_TITLE if in_title else IN_DESCRIPTION, reasons, terms=len(_by_term(hits)))


def disguised_term(view: EventView) -> Finding | None:
    """Find a listing that spells what a policy forbids so that a filter should miss it."""
    if not view.features.get("listing_evasion"):
        return None
    hits = _live_hits(view)
    hidden = [hit for hit in hits if hit.evasion]
    if not hidden:
        return None
    reasons = [(1.0, _hidden(hit)) for hit in _by_term(hidden)[:MOST_NAMED]]
    plain = [hit for hit in hits if not hit.evasion]
    reasons += [(_weight(hit), _named(hit)) for hit in _by_term(plain)[:MOST_NAMED]]
    return _finding(DISGUISED, reasons, terms=len(_by_term(hits)))


def _finding(base: float, reasons: list[tuple[float, Reason]], *, terms: int) -> Finding:
    score = min(base + EACH_FURTHER_TERM * (terms - 1), MOST_SCORE)
    return Finding("listing", round(score, 2), weighed(*reasons))


def _live_hits(view: EventView) -> list[TermHit]:
    """Find the hits anew, since features keep only their number."""
    title, category = view.texts.get("title"), str(view.payload.get("category", ""))
    if title is None:
        return []
    return policy_terms.live_hits(policy_terms.find_terms(title, view.texts.get("description", ""), category))


def _by_term(hits: list[TermHit]) -> list[TermHit]:
    """Keep one hit a term, those of the title first."""
    ordered = sorted(hits, key=lambda hit: (hit.member != "title", hit.start))
    return list({hit.term: hit for hit in reversed(ordered)}.values())[::-1]


def _weight(hit: TermHit) -> float:
    return 0.6 if hit.member == "title" else 0.3


def _named(hit: TermHit) -> Reason:
    policy = hit.label_class.removeprefix("prohibited.")
    sentence = f"The {hit.member} names “{hit.term}”, which the policy on {policy} forbids."
    return Reason("policy_term", sentence, hit.term, "no such term")


def _hidden(hit: TermHit) -> Reason:
    policy = hit.label_class.removeprefix("prohibited.")
    sentence = (
        f"The {hit.member} hides “{hit.term}” behind spacing or look-alike letters; the policy on {policy} forbids it."
    )
    return Reason("disguised_term", sentence, f"{hit.term}, disguised", "written plainly")


_KINDS: Final = frozenset(LISTED)
DETECTORS: Final = (
    PackRule("prohibited.policy_term", "1", TYPE, "Policy term in a listing", _KINDS, policy_term),
    PackRule("prohibited.disguised_term", "1", TYPE, "Disguised policy term", _KINDS, disguised_term),
)
