"""The console's display tags. Built into every template (settings), so no page loads them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from tscore.core import icons
from tscore.core import untrusted as safe
from tscore.core.templatetags import moments, vocabulary

register = template.Library()
LIMIT = 600
LINE = 120
_LINE_OF = '<span class="untrusted line" dir="auto" hx-disable>{}</span>'
AROUND = 40  # letters before the first marked word
_BREAKS = re.compile(r"[ \t\n]+")
_EXPONENTS = {"JPY": 0, "KRW": 0, "CLP": 0, "ISK": 0, "VND": 0, "BHD": 3, "KWD": 3, "JOD": 3, "OMR": 3, "TND": 3}
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw one icon of the sprite, hidden from assistive technology; the word beside it speaks."""
    if name not in icons.NAMES:
        raise template.TemplateSyntaxError(f"No icon named {name!r}; add it to core/icons.py and run build_sprite.")
    return _drawing(name, "icon")


@register.simple_tag
def severity(value: object, filled: bool = False) -> SafeString:
    """Say a severity with bars, icon and word; `filled=True` only for the single item in focus."""
    step = vocabulary.severity(value)
    return format_html(
        '<span class="sev {}{}">{}{}</span>',
        step.word,
        " filled" if filled else "",
        _drawing(f"severity-{step.level}", "bars"),
        step.label,
    )


@register.simple_tag
def status(value: object, note: object = "") -> SafeString:
    """Say a state with icon and word, and after it who or what it waits for."""
    known = vocabulary.status(value)
    words = f"{known.label} {note}" if note else known.label
    return format_html('<span class="status {}">{}{}</span>', known.tone, _drawing(known.icon, "icon"), words)


@register.simple_tag(takes_context=True)
def when(context: Context, moment: datetime | None, style: str = "ago") -> SafeString | str:
    """Show an instant relative to now, absolute in its title; `style` may be ago, time, date, full or words.

    Words are the same as full without an element, for attributes.
    """
    if moment is None:
        return "not known"
    local = timezone.localtime(moment, _zone(context))
    if style == "words":
        return _full(local)
    shown = {
        "ago": lambda: moments.ago(moment, now=_now(context)),
        "time": lambda: f"{local:%H:%M}",
        "date": lambda: f"{local:%-d %b %Y}",
        "full": lambda: _full(local),
    }[style]()
    return _time(moment, local, shown)


@register.simple_tag(takes_context=True)
def due(context: Context, moment: datetime | None) -> SafeString | str:
    """Show what is left until a due time, or how late it is, in words and weight rather than colour."""
    if moment is None:
        return "no due time"
    now = _now(context)
    shown = _time(moment, timezone.localtime(moment, _zone(context)), moments.until(moment, now=now))
    return format_html('<span class="late">{}</span>', shown) if moment < now else shown


@register.filter
def span(seconds: object) -> str:
    """Say a number of seconds or a timedelta as `9 s`, `12 min` or `3 h 10 min`."""
    return moments.span(seconds if isinstance(seconds, timedelta) else timedelta(seconds=float(str(seconds))))


@register.filter
def money(minor: int | str | None, currency: str = "") -> str:
    """Write minor units with thousands marks, decimals only when there are any, after the currency's sign."""
    if minor is None or minor == "":
        return "not known"
    exponent = _EXPONENTS.get(currency, 2)
    whole, rest = divmod(abs(int(minor)), 10**exponent)
    digits = f"{whole:,}.{rest:0{exponent}d}" if rest else f"{whole:,}"
    sign = "−" if int(minor) < 0 else ""
    before = _SIGNS.get(currency, f"{currency}\u00a0" if currency else "")
    return f"{sign}{before}{digits}"


@register.filter
def kind(value: object) -> str:
    """Say a kind of entity in words: `payout account`, `IP address`."""
    return vocabulary.kind(value)


@register.filter
def middle(value: object, keep: int = 12) -> str:
    """Shorten an id in its middle; put the whole id in the title."""
    return safe.middle(_text(value), keep)


@register.filter
def plain(value: object) -> str:
    """Make untrusted text fit for an attribute or an announcement: one line, nothing invisible, links dead."""
    return safe.plain(_text(value))


@register.filter
def untrusted(value: object, limit: int = LIMIT) -> SafeString:
    """Show text that an attacker may have written: dead links, visible marks, the rest beyond `limit` behind Show all.

    The element carries hx-disable, so that even mark-up that slipped through could not send a request.
    """
    parts = safe.pieces(_text(value))
    shown, rest = safe.cut(parts, limit)
    if not rest:
        return format_html('<span class="untrusted" dir="auto" hx-disable>{}</span>', _html(shown))
    more = '<details class="more"><summary>Show all, {} characters</summary>{}</details>'
    return format_html(
        f'<div class="untrusted" dir="auto" hx-disable>{{}}{more}</div>',
        _html(shown),
        f"{len(_text(value)):,}",
        _html(rest),
    )


@register.filter
def untrusted_line(value: object, limit: int = LINE) -> SafeString:
    """Show untrusted text on one line, cut with an ellipsis; for rows, headings and links."""
    return format_html(_LINE_OF, _line(value, limit))


@register.filter
def untrusted_cell(value: object, limit: int = LINE) -> SafeString:
    """Show untrusted text on one line, of plain ASCII without an element of its own; for cells of long lists."""
    line = _line(value, limit)
    return line if line.isascii() and "<" not in line else format_html(_LINE_OF, line)


def _line(value: object, limit: int) -> SafeString:
    text = _BREAKS.sub(" ", _text(value)).strip()
    shown, rest = safe.cut(safe.pieces(text), limit)
    return format_html("{}{}", _html(shown), "…" if rest else "")


@register.filter
def marked(value: object, words: Sequence[str]) -> SafeString:
    """Show the part of an untrusted text that holds these words, on one line, each beginning of a word marked."""
    return format_html('<span class="untrusted line" dir="auto" hx-disable>{}</span>', _marked(_text(value), words))


def _marked(text: str, words: Sequence[str]) -> SafeString:
    """Cut a text around its first word and mark all of them; what lies between is made safe piece by piece."""
    line = _BREAKS.sub(" ", text).strip()
    wanted = [re.escape(word.strip()) for word in words if word.strip()]
    found = re.compile(rf"(?<!\w)(?:{'|'.join(wanted)})", re.IGNORECASE) if wanted else None
    first = found.search(line) if found else None
    start = max(first.start() - AROUND, 0) if first else 0
    shown = line[start : start + LINE]
    ends = ("…" if start else "", "…" if start + LINE < len(line) else "")
    parts = found.split(shown) if found else [shown]
    hits = [*(found.findall(shown) if found else ()), ""]
    body = format_html_join(
        "",
        "{}{}",
        (
            (_safe(part), format_html("<mark>{}</mark>", _safe(hit)) if hit else "")
            for part, hit in zip(parts, hits, strict=True)
        ),
    )
    return format_html("{}{}{}", ends[0], body, ends[1])


def _safe(text: str) -> SafeString:
    return _html(safe.pieces(text))


@register.inclusion_tag("components/_pages.html", takes_context=True)
def paginate(context: Context, page: Any, columns: int = 0, size: int = 50) -> dict[str, object]:
    """Draw the link to the next keyset page; with `columns` as the last row of a table body, without as a paragraph."""
    cursor = getattr(page, "next_cursor", None) or ""
    query = context["request"].GET.copy()
    query["after"] = cursor
    return {"url": f"?{query.urlencode()}" if cursor else "", "columns": columns, "size": size}


@lru_cache(maxsize=512)
def _drawing(name: str, css_class: str) -> SafeString:
    # Kept, because a list of 50 rows draws some 150 of them and the address of the sprite is fixed while we run.
    sprite = static("icons.svg")
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', css_class, sprite, name)


def _html(parts: Sequence[safe.Piece]) -> SafeString:
    if len(parts) == 1 and isinstance(parts[0], str):  # nearly always
        return escape(parts[0])
    return format_html_join("", "{}", ((_piece(part),) for part in parts))


def _piece(part: safe.Piece) -> SafeString | str:
    if isinstance(part, str):
        return part
    kind = " look" if part.look_alike else ""
    return format_html('<span class="odd{}" title="{}">{}</span>', kind, part.title, part.label)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _time(moment: datetime, local: datetime, shown: str) -> SafeString:
    stamp = moment.isoformat(timespec="seconds").replace("+00:00", "Z")  # fifty of them weigh
    return format_html('<time datetime="{}" title="{}">{}</time>', stamp, _full(local), shown)


def _full(local: datetime) -> str:
    return f"{local:%-d %b %Y %H:%M:%S %Z}"


def _now(context: Context) -> datetime:
    """Read the page's own clock if the view gave one, so that one page never shows two nows."""
    now = context.get("now")
    return now if isinstance(now, datetime) else timezone.now()


def _zone(context: Context) -> ZoneInfo | None:
    """Return the person's zone, or None for the current one."""
    name = getattr(getattr(context.get("request"), "user", None), "time_zone", "")
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
