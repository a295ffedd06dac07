"""Component schemas of the API, made from the same declarations that check what is sent."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from signals.enums import EventStatus
from signals.kinds import KINDS
from signals.kinds_labels import LabelItem
from signals.kinds_signals import TYPE, SignalData
from signals.kinds_structs import Envelope, struct
from signals.services.assess import Assessment
from signals.services.intake.answer import BatchAnswer
from signals.services.verdicts import LEAST_MS, MOST_MS, USUAL_MS, Advice, AdviceBy

_REF = "#/components/schemas/{name}"
Schema = dict[str, Any]


@cache
def components() -> dict[str, Schema]:
    """Return every component schema by name; JSON Schema 2020-12, as OpenAPI 3.1 takes it."""
    kinds = {name: struct(kind) for name, kind in KINDS.items()}
    types = [*kinds.values(), Envelope, SignalData, LabelItem, BatchAnswer, Assessment]
    _, schemas = msgspec.json.schema_components(types, ref_template=_REF)
    for kind in kinds.values():
        schemas[kind.__name__]["properties"]["extra"] = {
            "type": "object",
            "description": "Free members, at most 4 KiB.",
        }
    envelope = schemas.pop("Envelope")
    schemas["Event"] = _event(envelope, {name: kind.__name__ for name, kind in kinds.items()})
    schemas["Signal"] = _enveloped(envelope, "A detector's finding.", {"const": TYPE}, _ref("SignalData"))
    schemas["Label"] = schemas.pop("LabelItem")
    schemas["ItemAnswer"]["properties"]["status"] = {"enum": EventStatus.values}
    schemas["Assessment"]["properties"] |= {
        "verdict": {"enum": list(Advice)},
        "verdict_by": {"enum": list(AdviceBy)},
        "event_status": {"enum": EventStatus.values},
    }
    schemas["AssessRequest"] = _assess_request()
    schemas["Problem"] = _problem()
    return dict(sorted(schemas.items()))


def _event(envelope: Schema, names: dict[str, str]) -> Schema:
    """Describe an event: the envelope, and `data` by `type`."""
    found = _enveloped(envelope, "A CloudEvents 1.0 item.", {"enum": list(names)}, {"type": "object"})
    found["oneOf"] = [
        {"properties": {"type": {"const": kind}, "data": _ref(name)}, "title": kind} for kind, name in names.items()
    ]
    return found


def _enveloped(envelope: Schema, description: str, type_: Schema, data: Schema) -> Schema:
    properties = {**envelope["properties"], "type": type_, "data": data}
    return {
        **envelope,
        "title": description.split(".", maxsplit=1)[0],
        "description": description,
        "properties": properties,
    }


def _ref(name: str) -> Schema:
    return {"$ref": _REF.format(name=name)}


def _assess_request() -> Schema:
    return {
        "title": "AssessRequest",
        "description": "One event, how long the caller waits, and what holds if that is too short.",
        "type": "object",
        "properties": {
            "event": _ref("Event"),
            "budget_ms": {"type": "integer", "minimum": LEAST_MS, "maximum": MOST_MS, "default": USUAL_MS},
            "default": {"enum": list(Advice), "default": Advice.ALLOW},
        },
        "required": ["event"],
        "additionalProperties": False,
    }


def _problem() -> Schema:
    field = {name: {"type": "string"} for name in ("pointer", "code", "detail")}
    return {
        "title": "Problem",
        "description": "RFC 9457 problem details.",
        "type": "object",
        "properties": {
            **{name: {"type": "string"} for name in ("type", "title", "code", "detail", "request_id")},
            "status": {"type": "integer"},
            "fields": {"type": "array", "items": {"type": "object", "properties": field}},
        },
        "required": ["type", "title", "status", "code", "detail", "request_id"],
    }
