"""`GET /api/v1/schema/`: the OpenAPI 3.1 document."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator

from signals.api.components import components


def schema(request: HttpRequest) -> HttpResponse:
    """Answer the document, which everybody may read."""
    return HttpResponse(_text(), content_type="application/vnd.oai.openapi+json")


@cache
def document() -> dict[str, Any]:
    """Build the document once for this process."""
    generator = SchemaGenerator(patterns=[path("api/v1/", include("signals.api.urls"))])  # type: ignore[no-untyped-call]
    found: dict[str, Any] = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    found["components"].setdefault("schemas", {}).update(components())
    return found


@cache
def _text() -> str:
    return json.dumps(document(), ensure_ascii=False)
