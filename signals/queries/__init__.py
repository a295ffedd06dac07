"""Reads of evidence that screens need; nothing here writes."""

from signals.queries.entities import find_entities, find_named, personal
from signals.queries.events import texts, timeline

__all__ = ["find_entities", "find_named", "personal", "texts", "timeline"]
