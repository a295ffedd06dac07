"""`POST /api/v1/labels`."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.views import APIView

from signals.api import body
from signals.api.openapi import intake_schema
from signals.services.labelling import intake as label_intake


class Labels(APIView):
    """Takes statements about the truth in; each item is answered by itself."""

    required_scope = "labels:write"

    @intake_schema("Label", "labels")
    def post(self, request: Request) -> HttpResponse:
        """Record one label or a batch of up to 1,000; sending the same again is harmless."""
        kind = body.content_type(request._request)
        found = label_intake.ingest_labels_bytes(
            source=request.auth.source,  # type: ignore[union-attr]
            body=body.raw_body(request),
            content_type=kind,
            received_at=timezone.now(),
            dry_run=body.is_dry_run(request),
        )
        return body.answer(found)
