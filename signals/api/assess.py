"""`POST /api/v1/assess`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.views import APIView

from signals.api import body
from signals.api.openapi import assess_schema
from signals.services import assess
from signals.services.assess import Router
from signals.services.intake import problems
from signals.services.intake.repair import blanked, repair
from signals.services.intake.scan import MalformedJson
from signals.services.verdicts import LEAST_MS, MOST_MS, USUAL_MS, Advice
from tscore.core import idempotency
from tscore.core.errors import FieldProblem, Invalid, WrongMedia


class AssessRequest(msgspec.Struct, forbid_unknown_fields=True):
    """One event, how long the caller waits for a verdict, and what holds if that is too short."""

    event: msgspec.Raw
    budget_ms: Annotated[int, Meta(ge=LEAST_MS, le=MOST_MS)] = USUAL_MS
    default: Literal[tuple(word.value for word in Advice)] = Advice.ALLOW.value  # type: ignore[valid-type]


class JsonOnly(WrongMedia):
    """Send application/json."""


class BadRequestMember(Invalid):
    """Send {"event": {…}, "budget_ms": …, "default": …}; the event is needed, the others are not."""


def no_cases(*, signal_ids: Sequence[int], now: datetime) -> dict[int, str]:
    """Name no case: where nobody handed in a router, the ordinary stage finds the signals."""
    return {}


class Assess(APIView):
    """Takes one event in and answers what to do about it."""

    required_scope = "assess"
    router: ClassVar[Router] = staticmethod(no_cases)

    @assess_schema()
    def post(self, request: Request) -> HttpResponse:
        """Store one event, score it and answer a verdict within the budget, or the caller's default."""
        began = time.monotonic()
        if body.content_type(request._request) != "application/json":
            raise JsonOnly
        text = body.raw_body(request)
        asked, event = _read(text)
        given: dict[str, Any] = {
            "source": request.auth.source,  # type: ignore[union-attr]
            "event": event,
            "received_at": timezone.now(),
            "default": Advice(asked.default),
        }
        key = idempotency.key_from(request._request)
        if body.is_dry_run(request):
            return _answer(msgspec.to_builtins(assess.check(**given)))

        def run() -> idempotency.Answer:
            deadline = began + asked.budget_ms / 1000
            return 200, msgspec.to_builtins(assess.assess(**given, deadline=deadline, route=type(self).router))

        _, found = idempotency.once_long(
            key=key, actor=f"key:{request.auth.prefix}",  # type: ignore[union-attr]
            request=b"assess\x1f" + text, now=given["received_at"], run=run, find=lambda: None,
        )  # fmt: skip
        return _answer(found)


def route_by(router: Router) -> None:
    """Let signals of assessed events get their cases in the request; composition hands this in."""
    Assess.router = staticmethod(router)


def _read(text: bytes) -> tuple[AssessRequest, bytes]:
    """Return the request and the event as it was sent, with all that the intake repairs and tells of."""
    if not repair(text)[1]:
        asked = _decode(text)
        return asked, bytes(asked.event)
    shown = blanked(text)
    asked = _decode(shown)
    begin = shown.find(bytes(asked.event))
    return asked, text[begin : begin + len(bytes(asked.event))]


def _decode(text: bytes) -> AssessRequest:
    try:
        return msgspec.json.decode(text, type=AssessRequest)
    except msgspec.ValidationError as error:
        what, pointer = problems.split_message(str(error), base="")
        raise BadRequestMember(fields=[FieldProblem(pointer, "invalid", f"{what}.")]) from None
    except msgspec.DecodeError:
        raise MalformedJson("The body is not well-formed JSON.") from None
    except RecursionError:
        raise BadRequestMember(fields=[FieldProblem("/event", "too_deep", problems.DETAILS["too_deep"])]) from None


def _answer(found: dict[str, Any]) -> HttpResponse:
    response = HttpResponse(msgspec.json.encode(found), content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response
