"""Pictures of strangers: only our own copies, under an address that is good for one person, and veiled as they wish."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.core import signing
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from cases.enums import Veil
from cases.queries.event_views import EventView
from cases.services import care
from signals.enums import ImageState
from signals.models import ImageCopy
from signals.services import images
from tscore.core import pictures
from tscore.core.errors import Missing
from tscore.core.http import HtmxRequest, is_partial, page, partial

MOST: Final = 12
MOST_TRIES: Final = 20
SIGNER: Final = signing.Signer(salt="media")
WHY: Final = {
    "host_not_allowed": "pictures from there are not fetched",
    "not_a_picture": "the file is no picture",
    "too_many_pixels": "it has too many pixels",
    "too_large": "the file is too large",
    "broken_picture": "the file is broken",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture on a page: its number there and the address of its frame."""

    number: int
    url: str


def shown(request: HtmxRequest, events: Iterable[EventView], *, category: str) -> list[Shown]:
    """Return the pictures that events name, each once, in their order."""
    found = {who.id: who for event in events for _, who in event.entities if who.kind == "image"}
    tokens = [SIGNER.sign(f"{request.user.pk}.{pk}.{category}") for pk in list(found)[:MOST]]
    return [Shown(number, reverse("cases:media", args=[token])) for number, token in enumerate(tokens, start=1)]


def media(request: HtmxRequest, token: str) -> HttpResponse:
    """Return a picture as we drew it; for htmx the frame it stands in, or one that asks again a moment later."""
    entity_id, category = _read(request, token)
    wishes, tries = care.of(request.user), _number(request, "try")
    if is_partial(request) and wishes.text_first and "show" not in request.GET:
        return partial(request, "cases/_picture.html", {**_frame(request, token), "asks": True})
    copy = images.ask(entity_id=entity_id, now=timezone.now())
    if is_partial(request):
        context = {
            **_frame(request, token),
            "copy": copy,
            "veil": care.veil(wishes, category),
            "modes": Veil,
            "waits": copy.state == ImageState.WANTED and tries < MOST_TRIES,
            "why": WHY.get(copy.refusal, "it could not be fetched"),
            "again": tries + 1,
        }
        return partial(request, "cases/_picture.html", context)
    return _picture(copy) if copy.state == ImageState.KEPT else _without(request, copy)


def _read(request: HtmxRequest, token: str) -> tuple[int, str]:
    """Return picture and category of a token that was made for this person."""
    try:
        person, entity_id, category = SIGNER.unsign(token).split(".")
    except (signing.BadSignature, ValueError):
        raise Missing from None
    if int(person) != request.user.pk:
        raise Missing
    return int(entity_id), category


def _frame(request: HtmxRequest, token: str) -> dict[str, Any]:
    return {"url": reverse("cases:media", args=[token]), "number": _number(request, "n")}


def _number(request: HtmxRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _picture(copy: ImageCopy) -> HttpResponse:
    answer = HttpResponse(bytes(copy.content or b""), content_type=pictures.MEDIA_TYPE)
    answer["Content-Disposition"] = "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer._csp_replace = {"sandbox": [""], "img-src": None, "script-src": None, "style-src": None}  # type: ignore[attr-defined]
    return answer


def _without(request: HtmxRequest, copy: ImageCopy) -> HttpResponse:
    """Say why there is no picture yet or at all; without scripts the browser asks again by itself."""
    waits = copy.state == ImageState.WANTED
    context = {"waits": waits, "why": WHY.get(copy.refusal, "it could not be fetched")}
    answer = page(request, "cases/picture_missing.html", context, status=202 if waits else 404)
    if waits:
        answer["Refresh"] = "2"
    return answer
