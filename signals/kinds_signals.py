"""The declared form of a signal that somebody else's detector sends."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from signals.enums import Severity
from signals.kinds_structs import Code, EntityRef, Identifier, Money

TYPE = "signal.raised"
Whole = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Plain = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)] | float | bool | Annotated[str, Meta(max_length=500)]


class BaseRate(msgspec.Struct, forbid_unknown_fields=True):
    """How often this was bad before: `bad` of `of` in `days` days."""

    bad: Whole
    of: Whole
    days: Whole


class Reason(msgspec.Struct, forbid_unknown_fields=True):
    """Why a detector fired, in a sentence, with the value and what is usual."""

    code: Code
    sentence: Annotated[str, Meta(min_length=1, max_length=500)]
    value: Plain
    usual: Plain | None = None
    base_rate: BaseRate | None = None
    contribution: float | UnsetType = UNSET


class EventRef(msgspec.Struct, forbid_unknown_fields=True):
    """An event by its sender and its id."""

    source: Annotated[str, Meta(min_length=1, max_length=200)]
    id: Identifier


class SignalData(msgspec.Struct, forbid_unknown_fields=True):
    """What a signal says; the first of `events` is the trigger."""

    detector: Annotated[str, Meta(pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    detector_version: Annotated[str, Meta(min_length=1, max_length=16)]
    entity: EntityRef
    abuse_type: Annotated[str, Meta(max_length=32)]
    score: Annotated[float, Meta(ge=0, le=1)]
    reasons: Annotated[list[Reason], Meta(min_length=1, max_length=10)]
    events: Annotated[list[EventRef], Meta(max_length=50)]
    severity: Literal[tuple(Severity.values)] | UnsetType = UNSET  # type: ignore[valid-type]
    money_at_stake: Money | UnsetType = UNSET
    techniques: Annotated[list[Annotated[str, Meta(min_length=1, max_length=32)]], Meta(max_length=20)] | UnsetType = (
        UNSET
    )
    dedupe_key: Identifier | UnsetType = UNSET


DECODER = msgspec.json.Decoder(SignalData)
NESTED = {"entity": EntityRef, "reasons": Reason, "events": EventRef, "money_at_stake": Money}


def names_at(pointer: str) -> list[str]:
    """Return the member names known where a JSON pointer such as `/data/reasons/0` leads."""
    steps = pointer.split("/")[2:]
    if "base_rate" in steps:
        return list(BaseRate.__struct_fields__)
    return list(NESTED.get(steps[0] if steps else "", SignalData).__struct_fields__)


def code_at(pointer: str) -> str:
    """Return the code of a bad value where a JSON pointer leads."""
    return "bad_amount" if pointer.startswith("/data/money_at_stake") else "bad_value"
