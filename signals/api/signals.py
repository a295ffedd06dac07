"""`POST /api/v1/signals`."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.views import APIView

from signals.api import body
from signals.api.openapi import intake_schema
from signals.services.signals import intake as signal_intake


class Signals(APIView):
    """Takes the findings of other detectors in; each item is answered by itself."""

    required_scope = "signals:write"

    @intake_schema("Signal", "signals")
    def post(self, request: Request) -> HttpResponse:
        """Store one signal or a batch of up to 1,000; sending the same again is harmless."""
        kind = body.content_type(request._request)
        found = signal_intake.ingest_signals_bytes(
            source=request.auth.source,  # type: ignore[union-attr]
            body=body.raw_body(request),
            content_type=kind,
            received_at=timezone.now(),
            dry_run=body.is_dry_run(request),
        )
        return body.answer(found)
