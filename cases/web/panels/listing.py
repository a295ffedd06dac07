"""Prohibited items: the listing with the words of the policy marked, its earlier versions, what it would stop."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import pairwise, takewhile
from typing import Final

from cases.queries.around import listing as around
from cases.queries.event_views import EventView
from cases.queries.what import What
from cases.services import catalogue
from cases.web import event_words
from cases.web.panels.parts import NOT_KNOWN, Fact, Panel, Piece, counted, known, state, text, who
from signals.features import policy_terms
from signals.features.policy_terms import TermHit
from tscore.core.templatetags.console import money

LATER: Final = (
    "Seller since",
    "Seller's record",
    "Price against the seller's others",
    "Nearly the same",
    "Open orders",
)
MOST_VERSIONS, MOST_COMPARED, MOST_WORDS = 3, 4000, 120
_TYPE: Final = "prohibited_item"


def build(what: What) -> Panel:
    """Show the newest version, marked, and how it came about."""
    versions = _versions(what)
    if not versions:
        return Panel("Listing", [Fact("Title", NOT_KNOWN)])
    newest = versions[0]
    title, description, category = _said(newest, "title"), _said(newest, "description"), _category(newest)
    hits = policy_terms.live_hits(policy_terms.find_terms(title, description, category))
    images = sum(role == "images" for role, _ in newest.entities)
    facts = [
        Fact("Shown to buyers", _live(state(who(newest, "listing")))),
        Fact("Price", known(event_words.amount(newest))),
        Fact("Category", known(category)),
        Fact("Photos", str(images) if images else "none"),
        Fact("Seller", known(text(newest, "seller"))),
        Fact("Seller now", state(who(newest, "seller"))),
        Fact("Versions", str(len(versions))),
        Fact("Policy words", ", ".join(dict.fromkeys(hit.term for hit in hits)) or "none found"),
    ]
    texts = [("Title", _marked(title, hits, "title") or [("", NOT_KNOWN)])]
    if description:
        texts.append(("Description", _marked(description, hits, "description")))
    texts += [(f"Policy: {name}", [("", said)]) for name, said in _policies(hits)]
    return Panel("Listing", facts, [*texts, *_differences(versions)])


def later(what: What) -> list[Fact]:
    """Return the seller's standing, what is usual for them, copies, and who waits for the goods."""
    newest = next(iter(_versions(what)), None)
    listing, seller = who(newest, "listing"), who(newest, "seller")
    if newest is None or listing is None or seller is None:
        return [Fact(name, NOT_KNOWN) for name in LATER]
    found = around.read(listing=listing.id, seller=seller.id)
    alike = [title for title in found.titles if _alike(title, _said(newest, "title")) >= around.ALIKE]
    copies = len(alike) + found.same_image
    record = f"{counted(found.listings, 'listing')}, {found.sold} sold, {found.removed} removed"
    return [
        Fact(LATER[0], "", at=found.since),
        Fact(LATER[1], record),
        Fact(LATER[2], _price(newest.amount_base_minor, found.usual_minor, found.priced)),
        Fact(LATER[3], counted(copies, "other listing") if copies else "none found", changed=bool(copies)),
        Fact(
            LATER[4],
            counted(found.open_orders, "buyer") if found.open_orders else "none",
            changed=bool(found.open_orders),
        ),
    ]


def _versions(what: What) -> list[EventView]:
    kinds = ("listing.created", "listing.updated")
    stated = [event for event in what.evidence if event.kind in kinds]
    listing = who(stated[0], "listing") if stated else None
    same = [
        event
        for event in what.timeline
        if event.kind in kinds and (not stated or (listing and (one := who(event, "listing")) and one.id == listing.id))
    ]
    found = {event.id: event for event in (*stated, *same)}
    return sorted(found.values(), key=lambda event: (event.occurred_at, event.id), reverse=True)


def _said(event: EventView, member: str) -> str:
    return dict(event.texts).get(member, "")


def _category(event: EventView) -> str:
    return event_words.field(event, "category")


def _live(word: str) -> str:
    return {"shown": "yes, live", "hidden": "no, hidden already", "removed": "no, removed", "sold": "no, sold"}.get(
        word, word
    )


def _marked(said: str, hits: Iterable[TermHit], member: str) -> list[Piece]:
    """Cut a text at the words that hit, whole words only, so that links are seen whole and die."""
    parts: list[Piece] = []
    at = 0
    for hit in (hit for hit in hits if hit.member == member):
        start = max(at, _word_start(said, hit.start))
        end = _word_end(said, hit.end)
        if end <= at:
            continue
        parts += [("", said[at:start]), ("hit", said[start:end])]
        at = end
    return [part for part in (*parts, ("", said[at:])) if part[1]]


def _word_start(said: str, at: int) -> int:
    while at and not said[at - 1].isspace():
        at -= 1
    return at


def _word_end(said: str, at: int) -> int:
    while at < len(said) and not said[at].isspace():
        at += 1
    return at


def _policies(hits: Iterable[TermHit]) -> list[tuple[str, str]]:
    classes = {hit.label_class for hit in hits}
    found = catalogue.current().policies_of(_TYPE)
    return [(policy.name, policy.text) for policy in found if classes.intersection(policy.label_classes)][:2]


def _differences(versions: list[EventView]) -> list[tuple[str, list[Piece]]]:
    """Say what each newer version changed, the newest change first."""
    pairs = list(pairwise(versions))[:MOST_VERSIONS]
    shown = [
        (
            f"{member.capitalize()} changed {new.occurred_at:%-d %b %H:%M} UTC",
            _diff(_said(old, member), _said(new, member)),
        )
        for new, old in pairs
        for member in ("title", "description")
        if _said(old, member) != _said(new, member)
    ]
    return shown + [
        (f"Price changed {new.occurred_at:%-d %b %H:%M} UTC", _diff(event_words.amount(old), event_words.amount(new)))
        for new, old in pairs
        if event_words.amount(old) != event_words.amount(new)
    ]


def _diff(old: str, new: str) -> list[Piece]:
    """Return a text with words taken out (old) and put in (new); of long texts, their beginning."""
    was, now = (re.findall(r"\s+|\S+", said[:MOST_COMPARED]) for said in (old, new))
    start = _common(was, now)
    end = min(_common(was[::-1], now[::-1]), len(was) - start, len(now) - start)
    parts: list[Piece] = [("", "".join(was[:start]))]
    parts += _changed(was[start : len(was) - end], now[start : len(now) - end])
    parts.append(("", "".join(was[len(was) - end :])))
    return [part for part in parts if part[1]]


def _common(one: list[str], other: list[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _changed(was: list[str], now: list[str]) -> list[Piece]:
    """Compare word by word, unless that would take long; then all of the old stands before all of the new."""
    if max(len(was), len(now)) > MOST_WORDS:
        return [("old", "".join(was)), ("new", "".join(now))]
    parts: list[Piece] = []
    for kind, i, j, k, m in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(("", "".join(was[i:j])))
        else:
            parts += [("old", "".join(was[i:j])), ("new", "".join(now[k:m]))]
    return parts


def _price(minor: int | None, usual: int | None, count: int) -> str:
    if minor is None or not usual:
        return NOT_KNOWN
    return f"{minor / usual:.0%} of their usual {money(usual, 'EUR')}, the middle of {counted(count, 'listing')}"


def _alike(one: str, other: str) -> float:
    """Return the share of words that two titles have in common."""
    words = [set(said.casefold().split()) for said in (one, other)]
    both = words[0] | words[1]
    return len(words[0] & words[1]) / len(both) if both else 0.0
