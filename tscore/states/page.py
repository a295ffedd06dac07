"""The gallery: /dev/states/. For engineers and designers; it holds nothing of any real case or person."""

from __future__ import annotations

import re
from itertools import count
from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from cases.mute_forms import MuteForm
from tscore.core.errors import Missing, Problem, render
from tscore.core.http import HtmxRequest, page
from tscore.core.templatetags.vocabulary import SEVERITIES, STATUSES
from tscore.states import empty, waiting, wrong

KINDS: Final = {"nothing_yet": "Nothing yet", "all_done": "All done", "no_match": "No match"}
# Nothing here may ask the server for anything, be bound to a key, or take the focus.
_LIVE = re.compile(r'\s(?:hx-[\w-]+|data-[\w-]+|autofocus|accesskey)(?:="[^"]*"|=\'[^\']*\')?')
_NAMES = re.compile(r'\b(id|for|aria-labelledby|aria-describedby)="([^"]+)"')
_MAIN = re.compile(r"<main[^>]*>(.*)</main>", re.DOTALL)


def gallery(request: HtmxRequest) -> HttpResponse:
    """Show every state that the tables of this package name."""
    if not settings.STATES:
        raise Missing
    now, number = timezone.now(), count(1)

    def drawn(template: str, context: dict[str, Any]) -> SafeString:
        return _still(render_to_string(template, {**context, "now": now}), next(number))

    context = {
        "now": now,
        "pages": [(name, _kinds(found, next(number))) for name, found in empty.PAGES.items()],
        "problems": [(one.status, _still(_told(request, one), next(number))) for one in wrong.problems()],
        "summary": drawn("components/_error_summary.html", {"form": MuteForm({}, detectors=())}),
        "locks": [(name, drawn(*what)) for name, what in waiting.locks(now).items()],
        "waits": [(name, drawn(*what)) for name, what in waiting.waits(now).items()],
        "severities": list(dict.fromkeys(step.word for step in SEVERITIES.values())),
        "statuses": list(STATUSES),
    }
    return page(request, "states/gallery.html", context)


def parts(shown: empty.Shown) -> list[str]:
    """Return the parts of a page that say that it is empty, as they are drawn at work."""
    tag = shown.mark[1:].split()[0].split(">")[0]
    whole = render_to_string(shown.template, {**shown.context, "now": timezone.now()})
    return re.findall(rf"{re.escape(shown.mark)}.*?</{tag}>", whole, re.DOTALL)


def _kinds(found: empty.Page, number: int) -> list[dict[str, Any]]:
    return [_kind(label, getattr(found, name), f"{number}-{name}") for name, label in KINDS.items()]


def _kind(label: str, state: empty.Shown | empty.Never, number: str) -> dict[str, Any]:
    if isinstance(state, empty.Never):
        return {"label": label, "why": state.why, "parts": []}
    return {"label": label, "why": "", "parts": [_still(part, number) for part in parts(state)]}


def _told(request: HtmxRequest, problem: Problem) -> str:
    whole = render(request, problem).content.decode()
    found = _MAIN.search(whole)
    return found[1] if found else whole


def _still(html: str, number: object) -> SafeString:
    """Take from a part what would act by itself, and give its ids names of their own."""
    quiet = _NAMES.sub(rf'\1="\2-{number}"', _LIVE.sub("", html))
    quiet = quiet.replace('role="alert"', "").replace('method="post"', 'method="get"').replace("<h1", "<h3")
    return mark_safe(quiet.replace("</h1>", "</h3>"))
