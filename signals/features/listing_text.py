"""What the words of a listing say about policy. One pass over the texts of a batch."""

from __future__ import annotations

from collections import Counter
from typing import Any

from signals.features import policy_terms
from signals.features.batch import Batch, Scored
from signals.features.listing import LISTED
from signals.features.spec import Value, Values


def values(batch: Batch) -> Values:
    """Compute the text features of every listing whose texts are still kept."""
    found: Values = {}
    for event in batch.of_kinds(*LISTED):
        texts = batch.texts.get(event.id)
        if texts and "title" in texts:
            with batch.fault_of("listing_text", event):
                found[event.id] = of_texts(event, texts)
    return found


def of_texts(event: Scored, texts: dict[str, str]) -> dict[str, Value]:
    """Compute the text features of one listing."""
    category: Any = event.payload.get("category", "")
    hits = policy_terms.find_terms(texts["title"], texts.get("description", ""), str(category))
    live = policy_terms.live_hits(hits)
    known: dict[str, Value] = {
        "listing_policy_hits": len(live),
        "listing_policy_title_hits": sum(hit.member == "title" for hit in live),
        "listing_policy_terms": len({hit.term for hit in live}),
        "listing_policy_excepted": len(hits) - len(live),
        "listing_evasion": any(hit.evasion for hit in live),
    }
    if live:
        # The most frequent class; among equals the first by name, so that the answer never depends on order.
        counts = Counter(hit.label_class for hit in live)
        known["listing_policy_class"] = min(counts, key=lambda name: (-counts[name], name))
    return known
