"""Which revision an item is: new, a duplicate, later than all, or late. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from signals.enums import EventStatus
from signals.services.intake.problems import ItemRefused


@dataclass(frozen=True, slots=True)
class Revision:
    """One stored (or about to be stored) revision of an event."""

    observed_at: datetime
    content_mac: bytes
    pk: int


@dataclass(slots=True)
class History:
    """The revisions of each `external_id` of one source, kept up while a batch is sorted out."""

    known: dict[str, list[Revision]] = field(default_factory=dict)

    def add(self, external_id: str, revision: Revision) -> None:
        """Note a revision."""
        self.known.setdefault(external_id, []).append(revision)

    def place(self, external_id: str, observed_at: datetime, content_mac: bytes) -> tuple[EventStatus, int | None]:
        """Say what an item is; for a duplicate also which row holds it.

        Raises:
            ItemRefused: another content was stored for the same instant.
        """
        revisions = self.known.get(external_id)
        if not revisions:
            return EventStatus.NEW, None
        for revision in revisions:
            if revision.content_mac == content_mac:
                return EventStatus.DUPLICATE, revision.pk
        if any(revision.observed_at == observed_at for revision in revisions):
            raise ItemRefused("id_conflict", "/id")
        newest = max(revision.observed_at for revision in revisions)
        return (EventStatus.SUPERSEDING if observed_at > newest else EventStatus.STALE), None

    def successors(self) -> dict[int, datetime]:
        """Return for each row with a later revision the instant from which that one holds."""
        found: dict[int, datetime] = {}
        for revisions in self.known.values():
            if len(revisions) > 1:
                ordered = sorted(revisions, key=lambda revision: revision.observed_at)
                found.update((old.pk, new.observed_at) for old, new in pairwise(ordered))
        return found
