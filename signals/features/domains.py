"""What a domain name says: what was registered, whether it is throw-away, whom it imitates. No network is asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import tldextract
from rapidfuzz.distance import OSA

from signals.features.identifiers import normalise_domain, parse_ip
from signals.features.lookalikes import fold, skeleton
from signals.packs.domain_lists import (
    BAIT_WORDS,
    BRANDS,
    CHEAP_SUFFIXES,
    DISPOSABLE_MAIL,
    OWN_DOMAINS,
    SHORTENERS,
    Brand,
)

# The list of suffixes is the one in the package. The reserved names are added, since demo worlds live under them.
_EXTRACT = tldextract.TLDExtract(
    suffix_list_urls=(),
    cache_dir=None,
    include_psl_private_domains=True,
    extra_suffixes=("example", "test", "invalid"),
)

_LONGEST_HOST = 253
# Names of this length may be one or two letters off before the label reads as another word.
_ONE_LETTER_OFF = 6
_TWO_LETTERS_OFF = 9
_GLUED_BAITED = 4  # a shorter name is part of many words, even beside bait


def registrable(domain: str) -> str | None:
    """Give the part of a host name that somebody registered; None for an address and for what is no domain."""
    parts = _split(domain)
    return f"{parts[1]}.{parts[2]}" if parts else None


def is_disposable(domain: str, extra: frozenset[str] = frozenset()) -> bool:
    """Tell whether a domain hands out mail addresses for a few minutes. `extra` is an installation's own list."""
    return _is_listed(domain, DISPOSABLE_MAIL | extra if extra else DISPOSABLE_MAIL)


def is_shortener(domain: str, extra: frozenset[str] = frozenset()) -> bool:
    """Tell whether links of this domain hide where they lead."""
    return _is_listed(domain, SHORTENERS | extra if extra else SHORTENERS)


def is_cheap(domain: str) -> bool:
    """Tell whether a domain ends in a suffix that abuse reports name out of proportion."""
    return normalise_domain(domain).rpartition(".")[2] in CHEAP_SUFFIXES


def is_own(domain: str) -> bool:
    """Tell whether a domain is the marketplace's."""
    return _is_listed(domain, OWN_DOMAINS)


def read_list(path: Path) -> frozenset[str]:
    """Read domains from a file, one a line; `#` begins a comment."""
    lines = path.read_text(encoding="utf-8").splitlines()
    names = (normalise_domain(line.split("#", 1)[0]) for line in lines)
    return frozenset(name for name in names if name)


def lookalike_of(domain: str, brands: tuple[Brand, ...] = BRANDS) -> str | None:
    """Name the brand that a domain imitates; None for a brand's own domain and for one that imitates nobody.

    A domain imitates a brand when, under another registration than the brand's,
    * its label reads like the brand's name in other characters (`paypa1.com`, `pay-pal.com`, Cyrillic letters),
    * the name stands in it beside other words (`paypal-secure-login.com`, `paypal.com.evil.net`);
      a name that is an everyday word counts only beside a word of bait (`apple-id-verify.com`),
    * its label is one letter off a name of at least 6 letters, or two off one of at least 9.
    The plain name under a country's suffix (`ebay.it`) is that country's site more often than a trap: it says nothing.
    """
    parts = _split(domain)
    if parts is None:
        return None
    subdomain, label, suffix = parts
    table = _table(brands)
    if f"{label}.{suffix}" in table.own or suffix in table.own:
        return None
    shown = _shown(label)
    if shown in table.by_name and not subdomain:
        return None if _is_countrys(suffix) or table.by_name[shown].common else shown
    quoted = _quoted(subdomain, table)
    if quoted:
        return quoted
    return _disguised(shown, table) or _named(f"{subdomain}.{label}", shown, table) or _mistyped(shown, table)


@dataclass(frozen=True)
class _Brands:
    """Brands, ready for look-up."""

    own: dict[str, Brand]
    by_name: dict[str, Brand]
    by_skeleton: dict[str, Brand]


@cache
def _table(brands: tuple[Brand, ...]) -> _Brands:
    return _Brands(
        own={domain: brand for brand in brands for domain in brand.own},
        by_name={brand.name: brand for brand in brands},
        by_skeleton={skeleton(brand.name): brand for brand in brands},
    )


def _split(domain: str) -> tuple[str, str, str] | None:
    """Cut a host into subdomain, registered label and public suffix."""
    name = normalise_domain(domain)
    if not name or len(name) > _LONGEST_HOST or parse_ip(name):
        return None
    found = _EXTRACT.extract_str(name)
    if not (found.domain and found.suffix):
        return None
    return found.subdomain, found.domain, found.suffix


def _is_listed(domain: str, names: frozenset[str]) -> bool:
    """Look a host up together with the names above it, down to two labels."""
    labels = normalise_domain(domain).split(".")[-8:]
    return any(".".join(labels[place:]) in names for place in range(len(labels) - 1))


def _shown(label: str) -> str:
    """Give a label as a browser may show it."""
    if not label.startswith("xn--"):
        return label
    try:
        return label.encode("ascii").decode("idna")
    except UnicodeError:
        return label


def _is_countrys(suffix: str) -> bool:
    last = suffix.rpartition(".")[2]
    return len(last) == 2 or suffix in {"com", "net", "org"}


def _quoted(subdomain: str, table: _Brands) -> str | None:
    """Find a brand's whole domain set before another one: `paypal.com.evil.net`."""
    labels = f".{subdomain}."
    return next((brand.name for domain, brand in table.own.items() if f".{domain}." in labels), None)


def _disguised(shown: str, table: _Brands) -> str | None:
    brand = table.by_skeleton.get(skeleton(shown))
    if brand is None or shown == brand.name:
        return None
    # `shopp` is a word; `sh0p` is a disguise.
    return None if brand.common and shown.isascii() and shown.isalpha() else brand.name


def _named(host: str, shown: str, table: _Brands) -> str | None:
    words = _words(host)
    if len(words) == 1 and words[0] in table.by_name:
        return None
    baited = not BAIT_WORDS.isdisjoint(words)
    for word in words:
        brand = table.by_name.get(word) or (table.by_skeleton.get(skeleton(word)) if len(word) > 3 else None)
        if brand and (baited or not brand.common):
            return brand.name
    return _glued(words, shown, table, baited=baited)


def _glued(words: list[str], shown: str, table: _Brands, *, baited: bool) -> str | None:
    """Find a name that was put together with other words: `verifyapple`, `mypaypalshop`, `ukhmrc-refund`."""
    for brand in table.by_name.values():
        if any(_is_bait_around(word, brand.name) for word in words):
            return brand.name
        shortest = _GLUED_BAITED if baited else _ONE_LETTER_OFF
        if not brand.common and len(brand.name) >= shortest and brand.name in shown:
            return brand.name
    return None


def _is_bait_around(word: str, name: str) -> bool:
    if word.startswith(name):
        return word[len(name) :] in BAIT_WORDS
    return word.endswith(name) and word[: -len(name)] in BAIT_WORDS


def _mistyped(shown: str, table: _Brands) -> str | None:
    """Find a name that is a letter or two off. Everyday words are too close to other words."""
    folded = fold(shown).text
    for brand in table.by_name.values():
        size = len(brand.name)
        allowed = 2 if size >= _TWO_LETTERS_OFF else 1 if size >= _ONE_LETTER_OFF else 0
        if brand.common or not allowed or abs(len(folded) - size) > allowed or folded == brand.name:
            continue
        if OSA.distance(folded, brand.name, score_cutoff=allowed) <= allowed:
            return brand.name
    return None


def _words(host: str) -> list[str]:
    labels = [_shown(label) for label in host.split(".") if label]
    return [word for label in labels for word in fold(label).text.replace("_", "-").split("-") if word]
