"""Finding the ring around an account, and the ticks of the page of a ring."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from cases import permissions
from cases.queries.entity_page import entity_for
from cases.services import rings
from cases.services.ring_decisions import SeenMember
from cases.web import keys
from tscore.core.http import HtmxRequest, see_other

NONE: Final = "none"
ELSEWHERE: Final = "elsewhere"
TOLD: Final = {
    NONE: "No ring here: no three accounts around this one hold together by a device, card, phone, e-mail, "
    "payout account, or domain and address, that is left to decide.",
    ELSEWHERE: "There is a ring around this account; its case is in a queue you may not open.",
}


def find(request: HtmxRequest, kind: str, ref: str) -> HttpResponse:
    """Find the ring around an account and show its case, or say on the account's page that there is none."""
    now, entity = timezone.now(), entity_for(kind, ref)

    def run() -> dict[str, Any]:
        found = rings.find_around(entity_id=entity.pk, actor=request.user, now=now)
        return {"case": found.case.ref, "queue": found.case.queue_id} if found else {"case": "", "queue": 0}

    answer = keys.once(request, now=now, run=run)
    if answer["case"] and permissions.may_review(request.user, answer["queue"]):
        return see_other(request, "cases:case", answer["case"])
    word = ELSEWHERE if answer["case"] else NONE
    return see_other(request, f"{reverse('cases:entity', args=[kind, ref])}?ring={word}")


def seen_members(data: Any) -> list[SeenMember]:
    """Return the ticked accounts of a ring, each as `<id>.<version of its own case that was seen>`."""
    parts = [text.partition(".") for text in data.getlist("member")[: rings.MOST_MEMBERS]]
    return [SeenMember(int(pk), int(version)) for pk, _, version in parts if _is_number(pk) and _is_number(version)]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
