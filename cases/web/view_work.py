"""Working through a saved view: its most urgent free case, then the next one of it, until none is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from cases.filter_text import Filter, parse
from cases.models import CaseSkip, Queue, SavedView
from cases.queries import filter_addresses
from cases.queries.filter_addresses import Asked
from cases.queries.lists import CaseList, case_list
from cases.queries.views import queues_of_view
from cases.services import claims, view_edits
from tscore.core.errors import Conflict, Missing, Refused
from tscore.core.http import HtmxRequest
from tscore.core.models import User

VIEW: Final = "view"
FREE: Final = parse("state:free")
# So many pages of free cases are looked through for one that was not skipped and is not a lead's.
PAGES: Final = 4


def begin(request: HtmxRequest, found: SavedView) -> None:
    """Remember that this person works through a view; the next case comes from it."""
    request.session[VIEW] = found.pk


def end(request: HtmxRequest) -> None:
    """Forget the view: a case was chosen by other means."""
    request.session.pop(VIEW, None)


def next_ref(request: HtmxRequest, now: datetime) -> str:
    """Hand out the next case of the view this person works through; empty where there is none, and the view is left."""
    ref = _next_of(request, request.session[VIEW], now) if VIEW in request.session else ""
    if not ref:
        end(request)
    return ref


def _next_of(request: HtmxRequest, view_id: int, now: datetime) -> str:
    try:
        return claim_first(request, view_edits.visible(view_id, request.user), now)
    except Missing:  # deleted, or no longer shared
        return ""


def cases_of(request: HtmxRequest, found: SavedView, asked: Asked, now: datetime) -> CaseList:
    """Return one page of the cases that a view lets through."""
    queues = queues_of_view(found, request.user)
    return _page(queues, request.user, asked.shown, now, request.GET.get("after") or None)


def _page(queues: list[Queue], user: User, asked: Filter, now: datetime, cursor: str | None) -> CaseList:
    if not queues:
        return CaseList([], None, None, is_cut=False)
    return case_list(queues=queues, asked=asked, user=user, now=now, cursor=cursor)


def claim_first(request: HtmxRequest, found: SavedView, now: datetime) -> str:
    """Take the first free case of the view that this person may take and did not skip; return it, or an empty text."""
    asked, cursor = filter_addresses.read(found.filter).shown, None
    free, queues = replace(asked, terms=(*asked.terms, *FREE.terms)), queues_of_view(found, request.user)
    for _ in range(PAGES):
        listed = _page(queues, request.user, free, now, cursor)
        ref, cursor = _claim_of(listed, request.user, now), listed.next_cursor or listed.further_cursor
        if ref or cursor is None:
            return ref
    return ""


def _claim_of(listed: CaseList, user: User, now: datetime) -> str:
    ids = [row.id for row in listed.rows]
    skips = CaseSkip.objects.filter(actor=user, until__gt=now, case__in=ids)
    skipped = set(skips.values_list("case_id", flat=True))
    for number in ids:
        if number in skipped:
            continue
        try:
            return claims.claim(case_id=number, actor=user, now=now).ref
        except (Conflict, Refused):  # somebody was faster, or it is a lead's
            continue
    return ""
