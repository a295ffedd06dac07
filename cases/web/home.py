"""The first page after signing in: my work on one page."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone

from cases.queries import inbox, mine, queues, views
from cases.web import keys
from tscore.core.http import HtmxRequest, page

TOLD = 5


def home(request: HtmxRequest) -> HttpResponse:
    """Show what I hold, what I was told, what I put aside, what I can still stop, and where work waits."""
    now = timezone.now()
    cards = queues.queue_cards(user=request.user, now=now)
    context = {
        "now": now,
        "claims": mine.my_claims(user=request.user, now=now),
        "told": inbox.newest(user=request.user, limit=TOLD),
        "snoozed": mine.my_snoozed(user=request.user, now=now),
        "held": mine.my_held(user=request.user),
        "cards": cards,
        "starred": views.starred_views(user=request.user, now=now),
        "led": [card for card in cards if card.may_lead],
        "first": next((card for card in cards if card.open_count), None),
        "nothing_held": _waiting(cards),
        "form_key": keys.new(),
    }
    return page(request, "cases/home.html", context)


def _waiting(cards: list[queues.QueueCard]) -> str:
    """Say where work is, for somebody who holds none."""
    count, capped = sum(card.open_count for card in cards), any(card.capped for card in cards)
    if not count:
        return "Nothing is open in your queues."
    many = "queue" if len(cards) == 1 else "queues"
    return f"{len(cards)} {many} you can open: {count:,}{'+' if capped else ''} open."
