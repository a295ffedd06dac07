"""The description of the API: component schemas made from the table of kinds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

_PROBLEM = OpenApiResponse(
    {"$ref": "#/components/schemas/Problem"}, description="RFC 9457 problem details; nothing was stored."
)


def intake_schema(item: str, what: str) -> Callable[[Any], Any]:
    """Describe one intake endpoint: one item, an array of items, or one item a line."""
    one = {"$ref": f"#/components/schemas/{item}"}
    many = {"type": "array", "items": one, "minItems": 1, "maxItems": 1000}
    batch = {"$ref": "#/components/schemas/BatchAnswer"}
    return extend_schema(
        tags=[what],
        summary=f"Send {what}",
        parameters=[
            OpenApiParameter("dry_run", bool, description="`1`: the answer is the same, and nothing is stored.")
        ],
        request={
            "application/json": {"oneOf": [one, many]},
            "application/cloudevents-batch+json": many,
            "application/x-ndjson": one,
        },
        responses={
            200: OpenApiResponse(batch, description="Every item is held: new, duplicate, superseding or stale."),
            207: OpenApiResponse(batch, description="At least one item was refused; the others are held."),
            **dict.fromkeys((400, 401, 403, 413, 415, 422, 503), _PROBLEM),
        },
    )


def assess_schema() -> Callable[[Any], Any]:
    """Describe the endpoint that answers a verdict."""
    answer = {"$ref": "#/components/schemas/Assessment"}
    return extend_schema(
        tags=["assess"],
        summary="Ask for a verdict on one event",
        parameters=[
            OpenApiParameter(
                "Idempotency-Key", str, OpenApiParameter.HEADER, required=True,
                description="1 to 255 characters: the same key and body get the same answer.",
            ),
            OpenApiParameter("dry_run", bool, description="`1`: the event is checked, not stored and not scored."),
        ],
        request={"application/json": {"$ref": "#/components/schemas/AssessRequest"}},
        responses={
            200: OpenApiResponse(answer, description="The verdict; `verdict_by` says whose it is."),
            **dict.fromkeys((400, 401, 403, 409, 413, 415, 422, 503), _PROBLEM),
        },
    )  # fmt: skip
