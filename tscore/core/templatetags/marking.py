"""Text of strangers of which some words are marked: those that matched, and those that came and went."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from tscore.core import untrusted as safe
from tscore.core.templatetags.console import LIMIT, _html

register = template.Library()
_TAGS: Final = {"hit": "<mark>{}</mark>", "old": "<del>{}</del>", "new": "<ins>{}</ins>"}


@register.filter
def untrusted_parts(parts: Iterable[tuple[str, str]], limit: int = LIMIT) -> SafeString:
    """Show (how, text) parts as one untrusted text; how is "hit", "old", "new" or nothing.

    Like `untrusted`: dead links, visible marks, the rest beyond `limit` characters behind Show all.
    """
    shown, rest, room, size = [], [], limit, 0
    for how, text in parts:
        first, more = safe.cut(safe.pieces(text), room)
        shown.append(_marked(how, _html(first)))
        rest += [_marked(how, _html(more))] if more else []
        room, size = max(room - len(text), 0), size + len(text)
    body = mark_safe("".join(shown))
    if not rest:
        return format_html('<span class="untrusted" dir="auto" hx-disable>{}</span>', body)
    more_body = mark_safe("".join(rest))
    words = "Show all, {} characters"
    return format_html(
        '<div class="untrusted" dir="auto" hx-disable>{}<details class="more"><summary>{}</summary>{}</details></div>',
        body,
        words.format(f"{size:,}"),
        more_body,
    )


def _marked(how: str, shown: SafeString) -> SafeString:
    return format_html(_TAGS[how], shown) if how in _TAGS else shown
