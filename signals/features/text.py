"""What the text of a message does to its reader: hurry, threaten, promise, ask for secrets, lead away. Pure.

`phishing_contact_pressure` puts it together with the contacts the text gives; the rule that uses it knows whether the
two have met before. Sentences name our own terms and counts, never the text of a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from signals.features import term_index
from signals.features.contact import Contact
from signals.features.contacts import find_contacts
from signals.features.domains import is_cheap, is_disposable, is_own, is_shortener, lookalike_of
from signals.features.identifiers import parse_ip
from signals.features.lookalikes import fold
from signals.features.term_index import Index
from signals.packs import phishing_terms
from signals.packs.phishing_terms import AWAY, CREDENTIAL, LURE, PAYMENT, PRIZE, TROUBLE, URGENCY

NEAR = 8
MOST_HITS = 50


@dataclass(frozen=True, slots=True)
class PhraseHit:
    """One declared phrase in a text: `matched` is the original from `start` to `end`."""

    group: str
    term: str
    matched: str
    start: int
    end: int
    disguised: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a score. `weight` = the probability that this alone would mean."""

    code: str
    sentence: str
    value: int
    weight: float


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything a message says that a rule may ask about."""

    phrases: tuple[PhraseHit, ...]
    contacts: tuple[Contact, ...]

    def terms(self, group: str) -> list[str]:
        """Give the terms of one group in order of appearance, each once."""
        return list(dict.fromkeys(hit.term for hit in self.phrases if hit.group == group))


def read(text: str) -> Reading:
    """Read a message once; every question below also takes plain text and reads it anew."""
    return Reading(tuple(find_phrases(text)), tuple(find_contacts(text)))


def find_phrases(text: str) -> list[PhraseHit]:
    """Find the declared phrases of all groups in order of appearance, each place once."""
    folded = fold(text)
    words = term_index.read(_index(), folded.text)
    hits: list[PhraseHit] = []
    free = 0
    for match in term_index.find(_index(), words):
        if match.first < free or len(hits) >= MOST_HITS:
            continue
        term = match.term
        if term.needs and term.needs.isdisjoint(term_index.window(words.words, match.first, match.last, NEAR)):
            continue
        start, end = folded.span(words.places[match.first][0], words.places[match.last - 1][1])
        written = tuple(term_index.WORD.findall(text[start:end].casefold()))
        disguised = written not in set(term_index.forms(term.words))
        hits.append(PhraseHit(term.label_class, term.words, text[start:end], start, end, disguised))
        free = match.last
    return hits


def urgency_terms(text: str) -> list[str]:
    """Give the terms that hurry the reader."""
    return _terms(text, URGENCY)


def credential_ask(text: str) -> list[str]:
    """Give the terms that ask for a password, a code, card or identity data, or say that an account is in trouble."""
    return [*_terms(text, CREDENTIAL), *_terms(text, TROUBLE)]


def prize_terms(text: str) -> list[str]:
    """Give the terms that promise a prize, a gift or money."""
    return _terms(text, PRIZE)


def off_platform_payment(text: str) -> list[str]:
    """Give the terms that ask for payment outside the marketplace."""
    return _terms(text, PAYMENT)


def off_platform_contact(text: str) -> list[str]:
    """Give the terms that ask to go on outside the marketplace."""
    return _terms(text, AWAY)


def phishing_contact_pressure(text: str | Reading) -> tuple[float, list[Reason]]:
    """Score how much a text looks like an attempt to make a stranger act outside the marketplace.

    Each reason has a weight; the score is 1 - product(1 - weight), so reasons add up and never exceed 1. A text that
    gives no way of contact cannot lead anybody anywhere: its score is held below one half.

    Returns:
        the score in [0, 1] and the reasons, heaviest first.
    """
    reading = read(text) if isinstance(text, str) else text
    contact, pressure = _contact_reasons(reading.contacts), _phrase_reasons(reading)
    reasons = sorted([*contact, *pressure], key=lambda reason: (-reason.weight, reason.code))
    doubt = 1.0
    for reason in reasons:
        doubt *= 1 - reason.weight
    score = 1 - doubt
    return (round(score, 4) if contact else min(round(score, 4), MOST_WITHOUT_CONTACT)), reasons


MOST_WITHOUT_CONTACT = 0.45
PRESSURE = 0.6  # from here on a first message deserves a look; measured on held-out messages, see the detector's notes

# Weight of the first term of a group, and of each further one.
_WEIGHTS = {
    CREDENTIAL: (0.50, 0.15),
    TROUBLE: (0.45, 0.15),
    PRIZE: (0.45, 0.15),
    PAYMENT: (0.45, 0.15),
    URGENCY: (0.30, 0.10),
    LURE: (0.45, 0.15),
    AWAY: (0.20, 0.10),
    phishing_terms.CALL: (0.20, 0.05),
}
_COUNTED = 3  # further terms of a group say nothing new


def _terms(text: str, group: str) -> list[str]:
    return list(dict.fromkeys(hit.term for hit in find_phrases(text) if hit.group == group))


@cache
def _index() -> Index:
    return term_index.build(phishing_terms.TERMS)


def _phrase_reasons(reading: Reading) -> list[Reason]:
    reasons: list[Reason] = []
    for group, (first, more) in _WEIGHTS.items():
        terms = reading.terms(group)
        if terms:
            weight = 1 - (1 - first) * (1 - more) ** (min(len(terms), _COUNTED) - 1)
            named = ", ".join(f"“{term}”" for term in terms[:_COUNTED])
            sentence = f"The text {phishing_terms.MEANINGS[group]}: {named}."
            reasons.append(Reason(group, sentence, len(terms), round(weight, 4)))
    if any(hit.disguised for hit in reading.phrases):
        count = sum(hit.disguised for hit in reading.phrases)
        reasons.append(Reason("disguised_words", "Words are written so that a filter does not see them.", count, 0.30))
    return reasons


def _contact_reasons(contacts: Sequence[Contact]) -> list[Reason]:
    """Weigh the ways of contact; links to the marketplace itself do not count."""
    outside = [contact for contact in contacts if not (contact.host and is_own(contact.host))]
    hosts = sorted({contact.host for contact in outside if contact.kind == "link"})
    mails = sorted({contact.host for contact in outside if contact.kind == "email"})
    brands = sorted(filter(None, map(lookalike_of, [*hosts, *mails])))
    counts = (
        ("link", len(hosts), 0.40, "The text gives a link to another site."),
        ("email", len(mails), 0.30, "The text gives an e-mail address."),
        ("phone", _count(outside, "phone"), 0.30, "The text gives a telephone number."),
        ("handle", _count(outside, "handle"), 0.35, "The text gives a name on another messenger."),
        ("premium_phone", sum(c.premium for c in outside), 0.30, "The number is a premium-rate number or short code."),
        ("lookalike_domain", len(brands), 0.60, f"A domain imitates {', '.join(brands)}."),
        ("short_link", sum(map(is_shortener, hosts)), 0.20, "A link hides where it leads."),
        ("cheap_suffix", sum(map(is_cheap, hosts)), 0.20, "A link ends in a suffix that abuse reports often name."),
        ("bare_ip_link", sum(parse_ip(host) is not None for host in hosts), 0.35, "A link leads to a bare IP address."),
        ("disposable_mail", sum(map(is_disposable, mails)), 0.35, "The mail address is a throw-away one."),
        ("hidden_contact", sum(c.disguised for c in outside), 0.30, "The contact is spelled out or disguised."),
    )
    return [Reason(code, sentence, count, weight) for code, count, weight, sentence in counts if count]


def _count(contacts: Sequence[Contact], kind: str) -> int:
    return len({contact.value for contact in contacts if contact.kind == kind})
