"""Web and e-mail addresses in free text, with or without `http`, also spelled out."""

from __future__ import annotations

import re

from signals.features.contact import MOST_FOUND, Contact, overlaps, written
from signals.features.domains import registrable
from signals.features.identifiers import normalise_domain, normalise_email
from signals.features.rewriting import Rewritten
from signals.packs.contact_terms import SURE_SUFFIXES

# All repetitions are bounded or end at a character they cannot hold: linear.
_EMAIL = re.compile(r"(?<![\w.+\-/])[\w.+\-]{1,64}@(?:[\w\-]{1,63}\.){1,5}[a-z]{2,18}(?![\w@])")
_PATH = r"[^\s<>\"'()\[\]{}]{0,2000}"
_EXPLICIT = re.compile(r"(?<![a-z0-9])(?:(?:https?|hxxps?):?/{1,3}|https?:|www\.)(?=[\w\-])" + _PATH)
_BARE = re.compile(r"(?<![\w@.\-/])(?:[\w\-]{1,63}\.){1,5}[a-z]{2,18}(?![\w@\-])(?:[:/?#](?=\S)" + _PATH + ")?")
_SCHEME = re.compile(r"(?:https?|hxxps?)[:/]+")
_HOST_END = re.compile(r"[/?#\\]")
_SIGNS_OF_A_NAME = re.compile(r"[a-z].{0,62}[0-9\-]|[0-9\-].{0,62}[a-z]")
_TRAILING = ".,;:!?*'\"…»“”"


def addresses(text: str, source: Rewritten) -> list[Contact]:
    """Find web and e-mail addresses, in order of appearance.

    What calls itself a link is one, also when an e-mail address stands in its query; a bare name is looked for last.
    """
    found: list[Contact] = []
    for pattern in (_EXPLICIT, _EMAIL, _BARE):
        if pattern is _EMAIL and "@" not in source.text:
            continue
        count = 0
        for match in pattern.finditer(source.text):
            contact = _contact(text, source, match, pattern)
            if contact is not None and not overlaps(contact.start, contact.end, found):
                found.append(contact)
                count += 1
            if count >= MOST_FOUND:
                break
    return sorted(found, key=lambda contact: contact.start)


def _contact(text: str, source: Rewritten, match: re.Match[str], pattern: re.Pattern[str]) -> Contact | None:
    start, end = match.start(), match.start() + len(match.group().rstrip(_TRAILING))
    if end <= start:
        return None
    left, right, reading, disguised = written(text, source, start, end)
    if pattern is _EMAIL:
        value = normalise_email(reading)
        return Contact("email", left, right, text[left:right], value, value.rpartition("@")[2], disguised)
    link = _link(reading, bare=pattern is _BARE)
    return Contact("link", left, right, text[left:right], *link, disguised) if link else None


def _link(reading: str, *, bare: bool) -> tuple[str, str] | None:
    """Give host with path, and host, of an address; None if a bare word with a dot is no address."""
    address = _SCHEME.sub("", reading, count=1) if _SCHEME.match(reading.lower()) else reading
    if address == reading and not bare:
        address = _SCHEME.sub("", reading.lower(), count=1)
    cut = _HOST_END.search(address)
    authority = address[: cut.start()] if cut else address
    host = normalise_domain(authority.rpartition("@")[2].split(":", 1)[0])
    if bare and not _is_bare_host(host, has_path=cut is not None):
        return None
    return host + (address[cut.start() :] if cut else ""), host


def _is_bare_host(host: str, *, has_path: bool) -> bool:
    name = registrable(host)
    if name is None:
        return False
    label, _, suffix = name.partition(".")
    return suffix in SURE_SUFFIXES or has_path or bool(_SIGNS_OF_A_NAME.search(label))
