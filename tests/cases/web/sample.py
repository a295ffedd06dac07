"""Records of reads, built by hand for the pure parts of pages."""

from datetime import UTC, datetime, timedelta
from itertools import count

from cases.queries.names import EntityName
from cases.queries.what import EventView, ReasonLine, SignalView, What

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
_numbers = count(1)


def name(kind: str, text: str) -> EntityName:
    """Name an entity; the same text has the same id."""
    return EntityName(abs(hash((kind, text))) % 10**9, kind, f"en_{text}", text)


def event(
    kind: str,
    minutes_ago: float = 0,
    *,
    roles: dict[str, tuple[str, str]] | None = None,
    fields: dict[str, str] | None = None,
    texts: dict[str, str] | None = None,
    amount: int | None = None,
    trigger: bool = False,
) -> EventView:
    """Show one event as it happened so long before noon; `roles` maps a role to (kind, text)."""
    number, at = next(_numbers), NOON - timedelta(minutes=minutes_ago)
    named = [(role, name(*who)) for role, who in (roles or {}).items()]
    return EventView(
        id=number,
        ref=f"ev_{number:04}",
        kind=kind,
        occurred_at=at,
        observed_at=at,
        source="shop",
        external_id=f"evt-{number}",
        entities=named,
        fields=list((fields or {}).items()),
        texts=list((texts or {}).items()),
        amount_base_minor=amount,
        flags=[],
        is_evidence=True,
        is_trigger=trigger,
    )


def signal(
    sentence: str,
    *,
    code: str = "code",
    contribution: float | None = None,
    retracted: bool = False,
    minutes_ago: float = 0,
) -> SignalView:
    """Show one signal with one reason."""
    at = NOON - timedelta(minutes=minutes_ago)
    return SignalView(
        place=1,
        id=next(_numbers),
        detector="test",
        detector_version="1",
        title="Test",
        score=0.8,
        severity="high",
        reasons=[ReasonLine(code, sentence, 4, 0, None, contribution)],
        techniques=[],
        observed_at=at,
        attached_at=at,
        is_retracted=retracted,
        is_new=False,
        event_ids=[],
    )


def happened(evidence: list[EventView], timeline: list[EventView] | None = None) -> What:
    """Show what happened, newest first."""
    newest = sorted(timeline if timeline is not None else evidence, key=lambda one: one.occurred_at, reverse=True)
    return What([], 0, sorted(evidence, key=lambda one: one.occurred_at, reverse=True), newest, [])
