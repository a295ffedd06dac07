"""What was decided, done and said about an entity, as part of a statement that has its id already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

# The newest of each kind, as one JSON array; `{entity}` stands for the id.
DOINGS: Final = """(SELECT coalesce(jsonb_agg(done), '[]') FROM (
  (SELECT 'decision' AS what, decision.verdict AS word, 'C-' || decided.id AS about, decision.decided_at AS at
     FROM cases_case decided JOIN cases_decision decision ON decision.case_id = decided.id
    WHERE decided.entity_id = {entity} ORDER BY decision.id DESC LIMIT 20)
  UNION ALL
  (SELECT 'action', action.kind, action.state, action.created_at
     FROM cases_action action WHERE action.entity_id = {entity} ORDER BY action.id DESC LIMIT 20)
  UNION ALL
  (SELECT 'label', label.label_class, label.source, label.known_at
     FROM signals_label label WHERE label.entity_id = {entity} AND label.event_id IS NULL
    ORDER BY label.id DESC LIMIT 20)) done)"""


@dataclass(frozen=True, slots=True)
class Doing:
    """A decision (word: verdict, about: case), an action (kind, state) or a label (class, source)."""

    what: str
    word: str
    about: str
    at: datetime


def doings(found: Iterable[Mapping[str, Any]]) -> list[Doing]:
    """Return what the statement gave."""
    return [Doing(one["what"], one["word"], one["about"], datetime.fromisoformat(one["at"])) for one in found]
