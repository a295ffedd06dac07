"""What the three intake endpoints share: the content types they read and the way they answer."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request

from signals.services.intake.answer import BatchAnswer
from signals.services.intake.scan import BODY_LIMIT
from tscore.core.errors import WrongMedia
from tscore.core.http import read_body

LINES: Final = "application/x-ndjson"
TYPES: Final = (
    "application/json",
    "application/cloudevents-batch+json",
    "application/cloudevents+json",
    LINES,
)


class UnknownType(WrongMedia):
    """Send application/json, application/cloudevents-batch+json or application/x-ndjson."""


def content_type(request: HttpRequest) -> str:
    """Return the content type of the request, or refuse it; UTF-8 is the only character set."""
    found = request.content_type or ""
    if found not in TYPES or (request.content_params or {}).get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise UnknownType()
    return found


def raw_body(request: Request) -> bytes:
    """Return the body as it was sent, at most 16 MiB."""
    return read_body(request._request, BODY_LIMIT)


def is_dry_run(request: Request) -> bool:
    """Tell whether the sender only asks."""
    return request._request.GET.get("dry_run", "") in {"1", "true"}


def answer(batch: BatchAnswer) -> HttpResponse:
    """Answer 200, or 207 when at least one item was refused."""
    response = HttpResponse(batch.as_json(), content_type="application/json", status=batch.http_status)
    response["Cache-Control"] = "no-store"
    return response
