"""What the text of a message asks for, and how often its sender sent the same."""

from __future__ import annotations

from signals.features.batch import Batch
from signals.features.message import SENT
from signals.features.spec import Values


def values(batch: Batch) -> Values:
    """Compute the text features of every message whose text is still kept."""
    found: Values = {}
    for event in batch.of_kinds(*SENT):
        text = batch.texts.get(event.id, {}).get("text")
        if text is not None:
            found[event.id] = {"message_length": len(text)}
    return found
