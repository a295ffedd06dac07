"""The declared form of a label that is sent in: interfaces, section 5."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from signals.enums import CLASS_VERDICT, LabelSource, Lane, Verdict
from signals.kinds_signals import EventRef
from signals.kinds_structs import Code, EntityRef, Identifier, Instant

Short = Annotated[str, Meta(max_length=64)]


class LabelItem(msgspec.Struct, forbid_unknown_fields=True, rename={"label_class": "class"}):
    """A statement about the truth of an entity or of an event. Its class implies its verdict."""

    id: Identifier
    entity: EntityRef
    abuse_type: Annotated[str, Meta(max_length=32)]
    verdict: Literal[tuple(Verdict.values)]  # type: ignore[valid-type]
    label_class: Literal[tuple(CLASS_VERDICT)]  # type: ignore[valid-type]
    source: Literal[tuple(LabelSource.values)]  # type: ignore[valid-type]
    actor: Code
    occurred_at: Instant
    known_at: Instant
    confidence: Annotated[float, Meta(ge=0, le=1)] = 1.0
    event: EventRef | UnsetType = UNSET
    reason: Short = ""
    supersedes: Identifier | UnsetType = UNSET
    lane: Literal[tuple(Lane.values)] = Lane.DETECTION.value  # type: ignore[valid-type]
    inclusion_probability: Annotated[float, Meta(gt=0, le=1)] | None = None
    origin: Code | UnsetType = UNSET


DECODER = msgspec.json.Decoder(LabelItem)
_NESTED = {"entity": EntityRef, "event": EventRef}
_TIMES = {"/occurred_at", "/known_at"}


def names_at(pointer: str) -> list[str]:
    """Return the member names known where a JSON pointer such as `/entity` leads."""
    struct = _NESTED.get(pointer.lstrip("/").split("/")[0], LabelItem)
    return list(struct.__struct_encode_fields__)


def code_at(pointer: str) -> str:
    """Return the code of a bad value where a JSON pointer leads."""
    if not pointer:
        return "not_an_object"
    return "bad_time" if pointer in _TIMES else "bad_id" if pointer == "/id" else "bad_value"
