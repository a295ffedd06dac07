"""What the text of a message asks for, and how often its sender sent the same."""

from __future__ import annotations

from signals.features import batch as batches
from signals.features import message, text, windows
from signals.features.batch import Batch
from signals.features.lookalikes import fold
from signals.features.spec import Value, Values

MOST_EARLIER = 20  # earlier messages of a sender whose texts are compared
SHORTEST = 20  # letters; "ok, thanks" is sent often and means nothing

_MESSAGES_24H = next(feature for feature in message.WINDOWS if feature.name == "sender_messages_24h")


def values(batch: Batch) -> Values:
    """Compute the text features of every message whose text is still kept."""
    found: Values = {}
    for event in batch.of_kinds(*message.SENT):
        words = batch.texts.get(event.id, {}).get("text")
        if words is not None:
            with batch.fault_of("message_text", event):
                found[event.id] = of_text(words)
    for event_id, count in _repeats(batch, list(found)).items():
        found[event_id]["sender_same_text_24h"] = count
    return found


def of_text(words: str) -> dict[str, Value]:
    """Compute the text features of one message."""
    score, reasons = text.phishing_contact_pressure(words)
    counts = {reason.code: reason.value for reason in reasons}
    return {
        "message_pressure": score,
        "message_links": counts.get("link", 0),
        "message_phones": counts.get("phone", 0),
        "message_handles": counts.get("handle", 0) + counts.get("email", 0),
        "message_hidden_contact": "hidden_contact" in counts,
        "message_lookalike_domain": "lookalike_domain" in counts,
        "message_disposable_domain": "disposable_mail" in counts or "short_link" in counts,
        "message_length": len(words),
    }


def _repeats(batch: Batch, event_ids: list[int]) -> dict[int, int]:
    """Count, for each long enough message, the sender's earlier ones of a day that say the same."""
    own = {event_id: _skeleton(batch.texts[event_id]["text"]) for event_id in event_ids}
    asked = [event_id for event_id in event_ids if len(own[event_id]) >= SHORTEST]
    if not asked:
        return {}
    earlier = windows.facts_behind(_MESSAGES_24H, asked, most=MOST_EARLIER)
    unread = {other for others in earlier.values() for other in others} - own.keys()
    own |= {event_id: _skeleton(kept.get("text", "")) for event_id, kept in batches.texts_of(sorted(unread)).items()}
    return {event_id: sum(own.get(other) == own[event_id] for other in others) for event_id, others in earlier.items()}


def _skeleton(words: str) -> str:
    """Fold a text to its letters, so that another number, link path or spelling makes no new text."""
    return "".join(character for character in fold(words).text if character.isalpha())
