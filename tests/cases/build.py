"""Small rows for tests of judgement: signals with evidence, and the cases they make."""

import hashlib
from datetime import datetime
from itertools import count
from typing import Any

from cases.models import Case, Decision, Preset
from cases.services import claims, correlation, decisions
from signals.models import Detector, Entity, Event, Signal, SignalEvent, Source
from tests import factories
from tscore.core.models import AuditEvent, User

_numbers = count()


def signal(
    entity: Entity,
    abuse_type: str = "account_takeover",
    *,
    events: tuple[Event, ...] = (),
    score: float = 0.8,
    severity: str = "high",
    sentence: str = "Something is odd.",
    at: datetime = factories.NOON,
    reasons: list[dict[str, Any]] | None = None,
    **fields: Any,
) -> Signal:
    """Store one unrouted signal; the first of its events is the trigger."""
    name = f"test.{abuse_type}"
    detector, _ = Detector.objects.get_or_create(
        name=name, defaults={"version": "1", "abuse_type_id": abuse_type, "title": name}
    )
    external_id = f"sig-{next(_numbers):06}"
    row = Signal.objects.create(
        source=Source.objects.get_or_create(name="test")[0],
        external_id=external_id,
        content_mac=hashlib.sha256(external_id.encode()).digest(),
        detector=detector,
        detector_version="1",
        entity=entity,
        abuse_type_id=abuse_type,
        score=score,
        severity=severity,
        reasons=reasons or [{"code": "odd", "sentence": sentence, "value": 1, "usual": 0, "base_rate": None}],
        observed_at=at,
        received_at=at,
        dedupe_key=external_id,
        **fields,
    )
    SignalEvent.objects.bulk_create(
        [SignalEvent(signal=row, event=event, position=position) for position, event in enumerate(events)]
    )
    return row


def login(account: str, at: datetime = factories.NOON, **members: Any) -> Event:
    """Store one successful sign-in."""
    return factories.event("login.succeeded", at, account=account, method="password", **members)


def payout(
    payout_id: str, account: str, minor: int, at: datetime = factories.NOON, *, kind: str = "requested"
) -> Event:
    """Store one step of a payout."""
    return factories.event(
        f"payout.{kind}", at, payout=payout_id, account=account, payout_account="~iban", amount=minor
    )


def case(account: str = "a-1", *, at: datetime = factories.NOON, **fields: Any) -> Case:
    """Make one queued account-takeover case about an account with one sign-in as evidence."""
    trigger = login(account, at)
    made = signal(factories.entity("account", account), events=(trigger,), at=at, **fields)
    correlation.correlate_pending(limit=500, now=at)
    return Case.objects.get(signals=made)


def held_case(holder: User, account: str = "a-1", *, at: datetime = factories.NOON, **fields: Any) -> Case:
    """Make one such case and let a person claim it."""
    return claims.claim(case_id=case(account, at=at, **fields).pk, actor=holder, now=at)


def choice(preset_key: int = 1, queue: str = "ato") -> dict[str, Any]:
    """Return what a preset decides, as arguments of `decisions.decide`."""
    preset = Preset.objects.get(queue__slug=queue, position=preset_key)
    return {
        "policy_id": preset.policy_id,
        "action_kinds": preset.action_kinds,
        "label_class": preset.label_class,
        "reason_id": preset.reason_id,
    }


def decision(held: Case, *, at: datetime = factories.NOON, **fields: Any) -> Decision:
    """Decide a held case by its holder with the first preset, unless told otherwise."""
    holder = held.claimed_by
    assert holder is not None
    seen = {"case_id": held.pk, "actor": holder, "seen_version": held.version, "fence": held.fence, "now": at}
    return decisions.decide(**(seen | choice() | fields))


def verbs(case: Case) -> list[str]:
    """Return what the audit trail says was done to a case, in its order."""
    return list(AuditEvent.objects.filter(object_ref=case.ref).order_by("id").values_list("verb", flat=True))
