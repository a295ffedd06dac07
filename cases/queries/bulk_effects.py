"""What a bulk job would do, before it does it: each kind of effect in words by count, over all its cases."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from cases.action_kinds import KINDS
from cases.enums import ActionMode
from cases.models import Preset, Queue
from cases.services import targets
from cases.services.bulk.standing import Standing
from cases.services.evidence import Part
from tscore.core import db

COUNTED: Final = {
    "account.suspend": "locks {}",
    "account.restrict": "limits {}",
    "account.revoke_sessions": "ends every session of {}",
    "account.reset_password": "makes the owners of {} set a new password",
    "account.warn": "warns {}",
    "listing.hide": "hides {}",
    "message.retract": "takes back {}",
    "message.warn_recipients": "warns whoever got {}",
    "payout.hold": "withholds {}",
    "entity.block": "blocks {}",
}

_PARTS: Final = """
SELECT jsonb_build_object('role', 'subject', 'id', subject.id, 'kind', subject.kind, 'ref', subject.ref)::text,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('role', part.role, 'id', one.id, 'kind', one.kind, 'ref', one.ref)
                                  ORDER BY part.role, one.id), '[]')
          FROM signals_involvement part JOIN signals_entity one ON one.id = part.entity_id
         WHERE part.event_id IN (
           SELECT proof.event_id FROM cases_casesignal attached
             JOIN signals_signal signal ON signal.id = attached.signal_id AND signal.retracted_at IS NULL
             JOIN signals_signalevent proof ON proof.signal_id = signal.id
            WHERE attached.case_id = c.id))::text
  FROM cases_case c JOIN signals_entity subject ON subject.id = c.entity_id
 WHERE c.id = ANY(%(cases)s::bigint[])
 ORDER BY c.id
"""
_SAFE: Final = {
    ActionMode.REVERSIBLE: "can be taken back",
    ActionMode.ONCE: "cannot be taken back, harmless to repeat",
    ActionMode.HELD: "can be stopped for {}, then not taken back",
    ActionMode.IRREVERSIBLE: "cannot be taken back",
}


@dataclass(frozen=True, slots=True)
class CountedEffect:
    """One kind of effect over all cases, such as "locks 41 accounts", and whether it can be taken back."""

    kind: str
    sentence: str
    count: int
    back: str


def effects(*, queue: Queue, preset: Preset, found: Sequence[Standing]) -> list[CountedEffect]:
    """Return what a preset would do to the cases that take part, each target counted once."""
    cases = [one.case_id for one in found if not one.left_out]
    read = [(Part(**json.loads(subject)), _parts(parts)) for subject, parts in db.rows(_PARTS, {"cases": cases})]
    kinds = [kind for kind in KINDS if kind in preset.action_kinds]
    reached = targets.find_many(cases=read, kinds=kinds, roles=queue.subject_roles)
    return [_counted(kind, reached[kind]) for kind in kinds]


def _parts(text: str) -> list[Part]:
    return [Part(**values) for values in json.loads(text)]


def _counted(kind: str, reached: Sequence[Part]) -> CountedEffect:
    about = KINDS[kind]
    things = " and ".join(_number(reached, what) for what in about.target_kinds if _has(reached, what))
    sentence = (
        COUNTED[kind].format(things) if things else f"{about.name}: nothing found to act on in any of these cases"
    )
    wait = f"{settings.HOLD_BULK_EFFECTS.total_seconds() / 60:.0f} min"
    return CountedEffect(kind, sentence, len(reached), _SAFE[about.mode].format(wait))


def _has(reached: Sequence[Part], kind: str) -> bool:
    return any(part.kind == kind for part in reached)


def _number(reached: Sequence[Part], kind: str) -> str:
    count = sum(part.kind == kind for part in reached)
    return f"{count:,} {kind}{'s' if count > 1 else ''}"
