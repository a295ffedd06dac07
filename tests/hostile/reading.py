"""Reads a page as a tree: its skeleton without what strangers wrote, and what they wrote, as it can be taken back."""

from __future__ import annotations

import html
import re
import unicodedata
from html.parser import HTMLParser
from typing import Final

VOID: Final = frozenset({"meta", "link", "input", "br", "img", "hr", "use", "source", "wbr"})
SHOWN: Final = {"span": {"class", "title"}, "details": {"class"}, "summary": set(), "mark": set()}
CELLS: Final = frozenset({"td", "th"})
IMPLIED: Final = {
    "td": CELLS, "th": CELLS, "tr": CELLS | {"tr"}, "/tr": CELLS, "/tbody": CELLS | {"tr"}, "/table": CELLS | {"tr"},
}  # fmt: skip
# What waits for a person in the rail differs from one moment to the next.
_COUNT: Final = re.compile(r'(?<=</span>)<span class="count">\d+</span>(?=</a></li>)')
_MARK: Final = re.compile(r"(?:×(\d+))?$")


class Page(HTMLParser):
    """One page. `skeleton` is every element and attribute name outside untrusted text, `texts` what strangers wrote."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.skeleton: list[str] = []
        self.texts: list[str] = []
        self.problems: list[str] = []
        self.values: list[tuple[str, str]] = []
        self._open: list[str] = []
        self._inside = 0  # how many elements are open since the one that holds untrusted text
        self._mark = ""
        self._skips = False
        self.feed(_COUNT.sub("", source))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element; what stands inside untrusted text may be a mark or the fold of a long text only."""
        given = {name: value or "" for name, value in attrs}
        if self._inside:
            self._inner(tag, given)
        elif "untrusted" in given.get("class", "").split():
            if tag == "div" and "p" in self._open:
                self.problems.append("a block inside a paragraph, which a browser would close")
            self.skeleton.append("untrusted")
            self.texts.append("")
            self._inside = 1
        else:
            self.skeleton.append(f"<{tag} {' '.join(sorted(given))}>")
            self.values.extend(given.items())
            self._imply(tag)
            if tag not in VOID:
                self._open.append(tag)

    def _inner(self, tag: str, given: dict[str, str]) -> None:
        if tag not in SHOWN or not set(given) <= SHOWN[tag]:
            self.problems.append(f"<{tag} {' '.join(given)}> inside untrusted text")
        self._inside += 1
        self._mark = given.get("title", "") if tag == "span" else ""
        self._skips = tag == "summary"

    def _imply(self, tag: str) -> None:
        """Close the cells and the row whose own end tags HTML lets go before this one."""
        while self._open and self._open[-1] in IMPLIED.get(tag, ()):
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Close an element; one that was not open is a problem."""
        if self._inside:
            self._inside -= 1
            self._mark, self._skips = "", False
        elif tag not in VOID:
            self._imply(f"/{tag}")
            opened = self._open.pop() if self._open else "nothing"
            if opened != tag:
                self.problems.append(f"</{tag}> closes {opened}, line {self.getpos()[0]}: {self.skeleton[-3:]}")
            self.skeleton.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Keep what is read of untrusted text; a mark is taken back to the character it stands for."""
        if not self._inside or self._skips:
            self._plain(data)
        elif self._mark.startswith("U+"):
            times = int(_MARK.search(data)[1] or 1)  # type: ignore[index]
            self.texts[-1] += chr(int(self._mark[2:].split()[0], 16)) * times
        elif self._mark:
            self.texts[-1] += self.texts[-1][-1:] * int(_MARK.search(data)[1] or 1)  # type: ignore[index]
        else:
            self._plain(data)
            self.texts[-1] += data

    def _plain(self, data: str) -> None:
        if hidden(data) and "textarea" not in self._open:  # whoever changes a note of theirs needs it as it is
            self.problems.append(f"shown unmarked: {sorted(hidden(data))} after {self.skeleton[-1:]}")


def hidden(text: str) -> set[str]:
    """Return the characters of a text that turn or hide others."""
    return {f"U+{ord(one):04X}" for one in text if one in BIDI or (one in ZERO)}


BIDI: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
ZERO: Final = frozenset("\u200b\u2060\ufeff\u00ad\u034f\u115f\u3164\uffa0\u2800\u180e\x00\x07\x08\x1b\x7f\u2028\u2029")


def alive(page: Page) -> list[str]:
    """Return what acts or leads elsewhere because of its value: handlers, addresses beyond this server."""
    found = []
    for name, value in page.values:
        bare = re.sub(r"[\x00-\x20]", "", html.unescape(value)).lower()
        if name.startswith("on"):
            found.append(f"{name}={value}")
        elif name in ("href", "src", "action", "formaction", "srcset", "poster") or name.startswith("hx-get"):
            if re.match(r"[a-z][a-z0-9+.-]*:|//|\\", bare):
                found.append(f"{name}={value}")
        elif name in ("title", "aria-label", "placeholder") and (hidden(value) or "://" in bare):
            found.append(f"{name}={value}")
    return found


def folded(text: str) -> str:
    """Return a text without what making it safe changes: dead schemes, spaces, order of accents."""
    text = text.replace("‹RLO›", "\u202e").lower().replace("hxx", "htt")  # a flood of marks is told in words
    text = re.sub(r"\[([.:@])\]", r"\1", text)
    return "".join(unicodedata.normalize("NFC", text).split())
