"""Make text that an attacker may have written safe to read: dead links, visible odd characters, marked look-alikes.

Everything here is pure and returns pieces; `templatetags.console` turns pieces into HTML with every string escaped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import Final, NamedTuple

HARD_LIMIT: Final = 20_000
SHORT: Final = 256
MOST_MARKS: Final = 300  # of one text that are elements of their own
_NAMES: Final = {
    "\u200b": "ZWSP", "\u200c": "ZWNJ", "\u200d": "ZWJ", "\u200e": "LRM", "\u200f": "RLM", "\u061c": "ALM",
    "\u202a": "LRE", "\u202b": "RLE", "\u202c": "PDF", "\u202d": "LRO", "\u202e": "RLO", "\u2066": "LRI",
    "\u2067": "RLI", "\u2068": "FSI", "\u2069": "PDI", "\u2060": "WJ", "\ufeff": "BOM", "\u00ad": "SHY",
    "\u0000": "NUL", "\u001b": "ESC", "\u007f": "DEL", "\r": "CR", "\u2028": "LS", "\u2029": "PS",
}  # fmt: skip
# Drawn as nothing although Unicode does not class them as format characters: fillers, selectors, blank Braille.
_BLANK: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, range(0xFE00, 0xFE10)))
)
_HIDDEN_CATEGORIES: Final = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_PLAIN: Final = re.compile(r"[\n\t -~]*")
_PARTS: Final = re.compile(r"\w+|\W", re.DOTALL)
_STACK: Final = 4  # combining marks on one letter that a real script may need
_SCHEME: Final = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]{0,30})?(?P<rest>:\s?/{2}|:\\{2})", re.IGNORECASE)
_BARE_SCHEME: Final = re.compile(r"\b(mailto|javascript|data|tel|sms|vbscript|file):(?=\S)", re.IGNORECASE)
_MAIL: Final = re.compile(r"(?:^|(?<=[\w.+-]))@(?=[\w-])")
# Without a step back, so that no text makes it slow.
_DOTTED: Final = re.compile(r"(?:(?<![\w-])[\w-]++|\A)(?:\.[\w-]++)+")
_TOP_LEVEL: Final = re.compile(r"[^\W\d_]{2,24}|xn--[a-z0-9-]+")


class Mark(NamedTuple):
    """A character that must not pass as itself: what to show, what it is, whether it imitates another letter."""

    label: str
    title: str
    look_alike: bool = False


Piece = str | Mark


def defang(text: str) -> str:
    """Return the text with web, mail and other addresses broken so that nothing turns them into a link."""
    text = _SCHEME.sub(_dead_scheme, text)
    text = _BARE_SCHEME.sub(r"\1[:]", text)
    return _DOTTED.sub(_dead_host, _MAIL.sub("[@]", text))


def pieces(text: str) -> tuple[Piece, ...]:
    """Split the text into runs that are safe to print and marks for the characters that are not."""
    return _pieces_again(text) if len(text) <= SHORT else _pieces(_bounded(text))


def _pieces(text: str) -> tuple[Piece, ...]:
    if _PLAIN.fullmatch(text):
        return (defang(text),) if text else ()
    return _few_marks(tuple(_joined(_characters(text))))


def _few_marks(parts: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Say what follows the first marks as plain words, because a flood of elements would stop the reader's browser."""
    marked = [place for place, piece in enumerate(parts) if isinstance(piece, Mark)][:MOST_MARKS]
    if len(marked) < MOST_MARKS:
        return parts
    end = marked[-1] + 1
    rest = "".join(piece if isinstance(piece, str) else _word(piece) for piece in parts[end:])
    return (*parts[:end], rest) if rest else parts[:end]


# Names, countries and words of a form come again on every page.
_pieces_again = lru_cache(maxsize=4096)(_pieces)


def plain(text: str) -> str:
    """Return the pieces as one line of text, for attributes and announcements where no element can stand."""
    return " ".join("".join(piece if isinstance(piece, str) else _word(piece) for piece in pieces(text)).split())


def middle(text: str, keep: int = 12) -> str:
    """Shorten an id in its middle to about `keep` characters; both ends are what people compare."""
    text = plain(text)
    if len(text) <= keep + 1:
        return text
    tail = max(keep // 3, 4) if keep > 4 else 1
    return f"{text[: max(keep - tail, 1)]}…{text[-tail:]}"


def cut(parts: tuple[Piece, ...], limit: int) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Split pieces into what fits in `limit` characters and the rest."""
    room = limit
    for index, piece in enumerate(parts):
        size = len(piece) if isinstance(piece, str) else len(piece.label)
        if size > room:
            return _halved(parts, index, room)
        room -= size
    return parts, ()


def _halved(parts: tuple[Piece, ...], index: int, room: int) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    piece = parts[index]
    if isinstance(piece, Mark):
        return parts[:index], parts[index:]
    space = piece.rfind(" ", room // 2, room + 1)
    at = space if space > 0 else room
    return (*parts[:index], piece[:at]), (piece[at:], *parts[index + 1 :])


def _bounded(text: str) -> str:
    if len(text) <= HARD_LIMIT:
        return text
    return f"{text[:HARD_LIMIT]} … {len(text) - HARD_LIMIT:,} more characters are not shown"


def _dead_scheme(match: re.Match[str]) -> str:
    scheme = match["scheme"] or ""
    dead = re.sub("^htt", lambda found: "hxx" if found[0].islower() else "HXX", scheme, flags=re.IGNORECASE)
    return f"{dead}[:]{match['rest'][1:]}"


def _dead_host(match: re.Match[str]) -> str:
    """Break every dot before the last part that may be a top-level domain; `3.50` has none."""
    parts = match[0].split(".")
    last = max((place for place, part in enumerate(parts) if place and _TOP_LEVEL.fullmatch(part)), default=0)
    joints = ["[.]" if place < last and not part.endswith(("_", "-")) else "." for place, part in enumerate(parts)]
    return "".join(part + joint for part, joint in zip(parts, joints, strict=True))[:-1]


def _joined(stream: Iterator[Piece]) -> Iterator[Piece]:
    """Join printable neighbours, and a repeated mark into one with a count, so that a flood stays one element."""
    for mark, group in groupby(stream, key=_mark):
        same = list(group)
        if mark is None:
            yield defang("".join(piece for piece in same if isinstance(piece, str)))
        elif mark.look_alike or len(same) == 1:
            yield from same
        else:
            yield mark._replace(label=f"{mark.label}×{len(same)}")


def _mark(piece: Piece) -> Mark | None:
    return piece if isinstance(piece, Mark) else None


def _characters(text: str) -> Iterator[Piece]:
    before, stacked = "", 0
    for part in _PARTS.findall(text):
        mixed = _mixes_scripts(part)
        for character in part:
            stacked = stacked + 1 if unicodedata.category(character) == "Mn" else 0
            if stacked > _STACK:
                yield Mark("stacked", "more combining marks on one letter than any script needs")
            elif _is_hidden(character) and not _joins(character, before):
                yield _hidden(character)
            else:
                yield _look_alike(character, mixed=mixed) or character
            before = character


def _is_hidden(character: str) -> bool:
    if character in "\n\t":
        return False
    return character in _BLANK or character >= "\U000e0000" or unicodedata.category(character) in _HIDDEN_CATEGORIES


def _joins(character: str, before: str) -> bool:
    """Tell whether a joiner stands where it is ordinary: after a picture, or inside a script that needs it."""
    if not before or character not in "\u200c\u200d\ufe0f":
        return False
    kind = unicodedata.category(before)
    return kind in ("So", "Sk") or before == "\ufe0f" if character != "\u200c" else kind in ("Lo", "Mc", "Mn")


def _hidden(character: str) -> Mark:
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "")
    return Mark(_NAMES.get(character, code), f"{code} {name}".strip())


def _mixes_scripts(word: str) -> bool:
    return not word.isascii() and any(character.isascii() and character.isalpha() for character in word)


@lru_cache(maxsize=4096)
def _look_alike(character: str, *, mixed: bool) -> Mark | None:
    """Return a mark if a letter passes for a Latin one: a styled copy anywhere, another script's in a Latin word."""
    if character < "\u0250":
        return None
    folded = unicodedata.normalize("NFKC", character)
    twin = (
        folded
        if len(folded) == 1 and folded.isascii() and folded.isalnum()
        else _latin_twin(character)
        if mixed
        else ""
    )
    if not twin:
        return None
    return Mark(
        character, f"U+{ord(character):04X} {unicodedata.name(character, '')}, looks like {twin}", look_alike=True
    )


def _latin_twin(character: str) -> str:
    # The table is large and most texts never need it.
    from confusable_homoglyphs import confusables

    found = confusables.is_confusable(character, preferred_aliases=["latin"])
    twins = [twin["c"] for twin in found[0]["homoglyphs"]] if found else []
    return next((twin for twin in twins if twin.isascii() and twin.isalnum()), "")


def _word(mark: Mark) -> str:
    return mark.label if mark.look_alike else f"‹{mark.label}›"
