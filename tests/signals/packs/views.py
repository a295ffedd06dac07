"""Events as detectors see them, written down by hand."""

from signals.detectors.base import EventView
from tests.factories import NOON


def view(kind, *, roles=(), texts=None, payload=None, amount=None, **features):
    """Return an event view whose roles name entities 1, 2, 3 … in the given order."""
    return EventView(
        id=1,
        kind=kind,
        occurred_at=NOON,
        roles={role: number for number, role in enumerate(roles, 1)},
        payload=payload or {},
        features=features,
        texts=texts or {},
        amount_base_minor=amount,
    )
