"""Phishing: a stranger's first message that leads away, names that imitate others, the same lure to many."""

from __future__ import annotations

from typing import Final

from signals.detectors.base import EventView, Finding, PackRule, Reason, weighed
from signals.features import text
from signals.features.message import SENT

TYPE: Final = "phishing"

PRESSURE: Final = 0.5  # lower than what a text alone must reach: here the two are also strangers to each other
MOST_SCORE: Final = 0.97
RECIPIENTS: Final = 10  # people one sender wrote to within an hour
REPEATS: Final = 4  # earlier messages of a day with the same text
DOMAIN_SENDERS: Final = 3  # other senders who named the same domain within a day
MOST_NAMED: Final = 4  # reasons taken over from the text

PHISHING, FAKE_SITE, MASS = "T1660", "F1020.002", "T1598"


def pressure_from_stranger(view: EventView) -> Finding | None:
    """Find a first message that gives a way of contact outside and presses the reader to use it."""
    words = view.texts.get("text")
    if words is None or not _is_first_contact(view) or not _gives_contact(view):
        return None
    if not view.at_least("message_pressure", PRESSURE):
        return None
    score, found = text.phishing_contact_pressure(words)
    named = [
        (reason.weight, Reason(reason.code, reason.sentence, reason.value, "none")) for reason in found[:MOST_NAMED]
    ]
    first = Reason("first_message", "The two never wrote to each other before.", "first message", _history(view))
    return Finding(_who(view), min(score, MOST_SCORE), weighed(*named, (0.2, first)), techniques=(PHISHING,))


def imitated_domain(view: EventView) -> Finding | None:
    """Find a domain that imitates a known name, or one that hides or throws away where it leads."""
    is_copy, is_hidden = view.features.get("message_lookalike_domain"), view.features.get("message_disposable_domain")
    if is_copy:
        reason = Reason(
            "lookalike_domain", "A domain in the message imitates a known name.", "imitation", "the real domain"
        )
        return Finding(_who(view), 0.9, weighed((1.0, reason)), techniques=(PHISHING, FAKE_SITE))
    if is_hidden and _is_first_contact(view):
        sentence = "A first message names a throw-away mail domain or a link that hides where it leads."
        reason = Reason("disposable_domain", sentence, "throw-away or short link", "none")
        return Finding(_who(view), 0.6, weighed((1.0, reason)), techniques=(PHISHING, FAKE_SITE))
    return None


def same_lure_to_many(view: EventView) -> Finding | None:
    """Find a way of contact that goes out in numbers: to many people, in the same words, or from many senders."""
    if not _gives_contact(view):
        return None
    reasons = [
        (weight, Reason(code, sentence.format(view.number(name) or 0), f"{view.number(name):.0f} {unit}", usual))
        for name, least, weight, code, sentence, unit, usual in _NUMBERS
        if view.at_least(name, least)
    ]
    if not reasons:
        return None
    evidence = ("sender_messages_1h",) if view.at_least("sender_recipients_1h", RECIPIENTS) else ()
    score = min(0.65 + 0.1 * len(reasons), 0.85)
    return Finding(_who(view), score, weighed(*reasons), techniques=(MASS,), evidence=evidence)


_NUMBERS: Final = (
    (
        "sender_recipients_1h",
        RECIPIENTS,
        0.4,
        "many_recipients",
        "The sender wrote to {:.0f} people within an hour, with a way of contact.",
        "people in an hour",
        "1 to 3",
    ),
    (
        "sender_same_text_24h",
        REPEATS,
        0.5,
        "same_text",
        "The sender sent the same text {:.0f} times before within a day.",
        "times in a day",
        "0",
    ),
    (
        "domain_senders_24h",
        DOMAIN_SENDERS,
        0.4,
        "shared_domain",
        "{:.0f} other senders named the same domain within a day.",
        "senders in a day",
        "0 to 1",
    ),
)


def _gives_contact(view: EventView) -> bool:
    return any(view.at_least(name, 1) for name in ("message_links", "message_phones", "message_handles"))


def _is_first_contact(view: EventView) -> bool:
    """Tell whether nothing is known of an earlier exchange; without a recipient nothing can be known."""
    return view.features.get("message_first_contact", True) is True


def _history(view: EventView) -> str:
    return f"{view.number('sender_messages_24h') or 0:.0f} messages of the sender in a day"


def _who(view: EventView) -> str:
    return view.first_role("sender") or "message"


_KINDS: Final = frozenset(SENT)
DETECTORS: Final = (
    PackRule(
        "phishing.pressure_from_stranger",
        "1",
        TYPE,
        "Contact and pressure in a first message",
        _KINDS,
        pressure_from_stranger,
    ),
    PackRule("phishing.imitated_domain", "1", TYPE, "Look-alike or throw-away domain", _KINDS, imitated_domain),
    PackRule("phishing.same_lure_to_many", "1", TYPE, "The same lure to many people", _KINDS, same_lure_to_many),
)
