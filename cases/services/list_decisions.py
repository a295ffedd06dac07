"""Deciding from a list, without opening the case: only with presets that harm nobody."""

from __future__ import annotations

from datetime import datetime

from cases.models import Decision, Preset
from cases.services import catalogue, claims, decisions
from tscore.core import db
from tscore.core.errors import Refused
from tscore.core.models import User


class NotFromList(Refused):
    """This preset has effects: open the case to apply it."""


def safe_presets(queue_id: int) -> list[Preset]:
    """Return the presets of a queue that may be applied from a list, by key."""
    return [preset for preset in catalogue.current().presets_of(queue_id) if preset.safe_from_list]


def apply(*, case_id: int, actor: User, preset_key: int, seen_version: int, now: datetime) -> Decision:
    """Take a case and decide it, both or neither.

    Raises:
        TakenAlready, AlreadyDecided, CaseChanged: it is not free, or not as it was seen.
        NotFromList: the preset has effects, or is none of this queue.
        LeadsOnly, Missing: the person may not decide it.
    """

    def applied() -> Decision:
        case = claims.claim(case_id=case_id, actor=actor, now=now)
        preset = next((one for one in safe_presets(case.queue_id) if one.position == preset_key), None)
        if preset is None:
            raise NotFromList
        return decisions.decide(
            case_id=case_id,
            actor=actor,
            seen_version=seen_version,
            fence=case.fence,
            policy_id=preset.policy_id,
            action_kinds=preset.action_kinds,
            label_class=preset.label_class,
            reason_id=preset.reason_id,
            now=now,
        )

    return db.in_any_transaction(applied)
