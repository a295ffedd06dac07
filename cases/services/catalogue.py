"""Queues, policies, reasons and presets, kept per process: they are few and change rarely.

Every hand-out is checked against a cheap key at most once in CHECK_S seconds; `forget` makes the next reading fresh
at once in this process.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cases.models import Policy, Preset, Queue, Reason
from signals.models import AbuseType
from tscore.core import db
from tscore.core.errors import Missing

CHECK_S = 30.0

# Rows are never edited in place but for names; counts and highest ids tell every addition and removal.
_KEY = """
SELECT (SELECT (count(*), max(id), md5(string_agg(concat(name, position, due_minutes, score_display, veil_category),
                                                    ',' ORDER BY id)))::text FROM cases_queue),
       (SELECT (count(*), max(id), count(*) FILTER (WHERE in_force))::text FROM cases_policy),
       (SELECT (count(*), max(id))::text FROM cases_reason),
       (SELECT (count(*), max(id))::text FROM cases_preset)
"""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that may be decided, as read at one moment; queues stand in their fixed order."""

    key: tuple[str, ...]
    queues: Mapping[int, Queue]
    policies: Mapping[int, Policy]
    reasons: Mapping[int, Reason]
    presets: Mapping[int, Preset]
    abuse_types: Mapping[str, AbuseType]

    def queue_by_slug(self, slug: str) -> Queue:
        """Return the queue of an address, or raise Missing."""
        found = next((queue for queue in self.queues.values() if queue.slug == slug), None)
        if found is None:
            raise Missing
        return found

    def queue_of(self, abuse_type: str) -> Queue | None:
        """Return the queue that takes the cases of an abuse type where no routing rule says otherwise."""
        return next((queue for queue in self.defaults() if queue.abuse_type_id == abuse_type), None)

    def defaults(self) -> list[Queue]:
        """Return the one queue of each abuse type that takes what no routing rule sends elsewhere."""
        return [queue for queue in self.queues.values() if queue.is_default]

    def policies_of(self, abuse_type: str) -> list[Policy]:
        """Return the policies in force for an abuse type."""
        return [policy for policy in self.policies.values() if policy.in_force and policy.abuse_type_id == abuse_type]

    def reasons_of(self, policy_id: int) -> list[Reason]:
        """Return the reasons of a policy in their order."""
        return [reason for reason in self.reasons.values() if reason.policy_id == policy_id]

    def presets_of(self, queue_id: int) -> list[Preset]:
        """Return the presets of a queue by key."""
        return [preset for preset in self.presets.values() if preset.queue_id == queue_id]


class _Kept:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.value: Catalogue | None = None
        self.checked = 0.0


_kept = _Kept()


def current() -> Catalogue:
    """Return the catalogue, read again where it changed."""
    with _kept.lock:
        if _kept.value is None or time.monotonic() - _kept.checked > CHECK_S:
            key = tuple(db.rows(_KEY)[0])
            if _kept.value is None or _kept.value.key != key:
                _kept.value = _read(key)
            _kept.checked = time.monotonic()
        return _kept.value


def holding(queue_ids: Iterable[int]) -> Catalogue:
    """Return a catalogue with the queues of stored cases, read again at once where one is newer than the last check."""
    found = current()
    if found.queues.keys() >= set(queue_ids):
        return found
    forget()
    return current()


def forget() -> None:
    """Read everything anew at the next question."""
    with _kept.lock:
        _kept.value = None


def _read(key: tuple[str, ...]) -> Catalogue:
    return Catalogue(
        key=key,
        queues={queue.pk: queue for queue in Queue.objects.order_by("position")},
        policies={policy.pk: policy for policy in Policy.objects.order_by("slug", "version")},
        reasons={reason.pk: reason for reason in Reason.objects.order_by("policy_id", "position")},
        presets={preset.pk: preset for preset in Preset.objects.order_by("queue_id", "position")},
        abuse_types={row.pk: row for row in AbuseType.objects.order_by("position")},
    )
