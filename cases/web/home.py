"""The first page after signing in: what I hold and where work waits."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone

from cases.queries import mine, queues
from cases.web import keys
from tscore.core.http import HtmxRequest, page


def home(request: HtmxRequest) -> HttpResponse:
    """Show my claims with their due times and the queues I may open."""
    now = timezone.now()
    cards = queues.queue_cards(user=request.user, now=now)
    context = {
        "now": now,
        "claims": mine.my_claims(user=request.user, now=now),
        "cards": cards,
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
