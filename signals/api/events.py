"""`POST /api/v1/events`."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.views import APIView

from signals.api import body
from signals.api.openapi import intake_schema
from signals.services import ingest


class Events(APIView):
    """Takes events in; each item is answered by itself."""

    required_scope = "events:write"

    @intake_schema("Event", "events")
    def post(self, request: Request) -> HttpResponse:
        """Store one event or a batch of up to 1,000; sending the same again is harmless."""
        kind = body.content_type(request._request)
        found = ingest.ingest_bytes(
            source=request.auth.source,  # type: ignore[union-attr]
            body=body.raw_body(request),
            content_type=kind,
            received_at=timezone.now(),
            dry_run=body.is_dry_run(request),
        )
        return body.answer(found)
