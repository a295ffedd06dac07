"""Names on other messengers, and invitations to go there, also disguised: `w h a t s a p p`, `t3legram`."""

from __future__ import annotations

import re
from functools import cache

from signals.features import term_index
from signals.features.contact import MOST_FOUND, Contact, overlaps
from signals.features.rewriting import Rewritten
from signals.features.term_index import Index
from signals.packs.contact_terms import MESSENGER_HOSTS, MESSENGER_NAMES, MESSENGERS

_AT_HANDLE = re.compile(r"(?<![\w.@/])@([a-z][\w.]{3,31})(?![\w@])")
_NAME = re.compile(
    r"[ \t]{0,2}(?:(?:id|user|username|name|handle|number|nr|no)\b)?[ \t]{0,2}(?P<sign>:|=|->|-|@|\bis\b)?[ \t:]{0,3}"
    r"(?P<name>@?[a-z0-9_.]{3,32})?"
)
_NUMBER_AFTER = re.compile(r"[^\w\n]{0,5}(?:at|on|no|number|is|me)?[^\w\n]{0,4}\+?\d{2}")
_INVITATION = re.compile(
    r"\b(?:me|us|on|via|through|by|using|over|at|my|add|contact|text|message|msg|dm|write|reach|chat|talk|hit|ping)"
    r"\W{0,3}(?:(?:the|my|a|our)\W{1,2})?$"
)
_MARK = re.compile(r"[0-9_]|.\..")
_LOOK_BACK = 24


def handles(text: str, source: Rewritten, taken: list[Contact]) -> list[Contact]:
    """Find messenger names and `@names`, and read links to messengers (among `taken`) as such."""
    found = [
        Contact("handle", link.start, link.end, link.matched, _of_link(link), link.host, link.disguised)
        for link in taken
        if link.kind == "link" and link.host in MESSENGER_HOSTS
    ]
    for start, end, value, disguised in [*_messengers(source.text), *_at_names(source.text)]:
        left, right = source.span(start, end)
        if len(found) < MOST_FOUND and not overlaps(left, right, [*taken, *found]):
            matched = text[left:right]
            seen = disguised or matched.lower() != source.text[start:end]
            found.append(Contact("handle", left, right, matched, value, disguised=seen))
    return sorted(found, key=lambda contact: contact.start)


@cache
def _index() -> Index:
    return term_index.build(MESSENGERS)


def _of_link(link: Contact) -> str:
    name = link.value.partition("/")[2].strip("/").split("?", 1)[0].lower()
    messenger = MESSENGER_HOSTS[link.host]
    return f"{messenger}:{name}" if name else messenger


def _messengers(text: str) -> list[tuple[int, int, str, bool]]:
    words = term_index.read(_index(), text)
    found: list[tuple[int, int, str, bool]] = []
    free = 0
    for match in term_index.find(_index(), words):
        start, end = words.places[match.first][0], words.places[match.last - 1][1]
        if start < free:
            continue
        messenger = MESSENGER_NAMES.get(match.term.words, match.term.words)
        disguised = tuple(term_index.WORD.findall(text[start:end])) not in set(term_index.forms(match.term.words))
        name, last = _name_after(text, end)
        if name:
            found.append((start, last, f"{messenger}:{name}", disguised))
        elif disguised or _is_invited(text, start, end):
            found.append((start, end, messenger, disguised))
        free = last
    return found


def _name_after(text: str, end: int) -> tuple[str, int]:
    """Read the name that follows a messenger's: it has a sign before it, or a digit or underscore in it."""
    match = _NAME.match(text, end)
    name = (match["name"] or "") if match else ""
    plain = name.strip("@.")
    if match and len(plain) >= 3 and (match["sign"] or name.startswith("@") or _MARK.search(plain)):
        return plain, match.end("name")
    return "", end


def _is_invited(text: str, start: int, end: int) -> bool:
    """Tell whether a messenger is named as the place to go, not as a thing that a telephone can run."""
    return bool(_INVITATION.search(text[max(0, start - _LOOK_BACK) : start]) or _NUMBER_AFTER.match(text, end))


def _at_names(text: str) -> list[tuple[int, int, str, bool]]:
    if "@" not in text:
        return []
    return [(m.start(), m.end(), "@" + m.group(1).rstrip("."), False) for m in _AT_HANDLE.finditer(text)]
