"""The decisions already made when a visitor arrives: 30 cases claimed and decided, 25 chargebacks booked as labels."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from cases.enums import ActionState
from cases.models import Action, Case, Preset, Queue
from cases.services import claims, decisions
from signals.enums import LabelSource, Lane
from signals.models import AbuseType, Event
from signals.services import labels
from tscore import pipeline
from tscore.core.models import User
from tscore.demo.world import World

DECISIONS = 30
LEFT_FOR_VISITORS = timedelta(hours=44)
ANSWER_LIMIT_S = 20.0


class Unanswered(Exception):
    """The demo marketplace did not answer an action in time."""


class Rounds:
    """Two reviewers who take what is on top of a queue and decide it, until the last two days."""

    def __init__(self, built: World, *, epoch: datetime) -> None:
        self.guilty, self.last_round = built.guilty, epoch - LEFT_FOR_VISITORS
        emails = ("reviewer@demo.test", "reviewer2@demo.test")
        self.reviewers = list(User.objects.filter(email__in=emails).order_by("pk"))
        self.queues = list(Queue.objects.order_by("position"))
        self.disputes = [event for event in built.events if event["type"] == "dispute.opened"]
        self.decided = 0

    def decide(self, now: datetime) -> None:
        """Decide what is queued by now, but for what is left to visitors."""
        while now < self.last_round and self.decided < DECISIONS and self._decide_one(now):
            pass

    def finish(self, now: datetime) -> None:
        """Decide what is missing of the 30 decisions."""
        while self.decided < DECISIONS and self._decide_one(now):
            pass

    def _decide_one(self, now: datetime) -> bool:
        reviewer = self.reviewers[self.decided % 2]
        for step in range(len(self.queues)):
            queue = self.queues[(self.decided + step) % len(self.queues)]
            case = claims.claim_next(queue=queue, actor=reviewer, now=now)
            if case is not None:
                self._decide(case, reviewer, queue=queue, now=now)
                self.decided += 1
                return True
        return False

    def _decide(self, case: Case, reviewer: User, *, queue: Queue, now: datetime) -> None:
        preset = self._preset(case, queue)
        decisions.decide(
            case_id=case.pk,
            actor=reviewer,
            seen_version=case.version,
            fence=case.fence,
            policy_id=preset.policy_id,
            action_kinds=preset.action_kinds,
            label_class=preset.label_class,
            reason_id=preset.reason_id,
            unticked_event_ids=[],
            now=now + timedelta(seconds=90),
        )
        settle(case, now=now + timedelta(minutes=5))

    def _preset(self, case: Case, queue: Queue) -> Preset:
        """Choose the first preset for a subject of the stories, else the one that clears."""
        presets = list(Preset.objects.filter(queue=queue).order_by("position"))
        if case.entity.external_id in self.guilty:
            return presets[0]
        return next(preset for preset in presets if not preset.action_kinds)

    def book_chargebacks(self, now: datetime) -> None:
        """Book the chargebacks that have arrived by now."""
        while self.disputes and datetime.fromisoformat(self.disputes[0]["time"]) <= now:
            self._book(self.disputes.pop(0), now)

    def _book(self, dispute: dict[str, Any], now: datetime) -> None:
        payment = Event.objects.select_related("entity").get(
            kind="payment.captured", entity__kind="payment", entity__external_id=dispute["data"]["payment"]
        )
        is_friendly = "friendly" in dispute["data"]["dispute"]
        with transaction.atomic(durable=True):
            labels.record(
                entity=payment.entity,
                event=payment,
                abuse_type=AbuseType.objects.get(pk="payment_fraud"),
                verdict="bad",
                label_class="payment.friendly" if is_friendly else "payment.third_party",
                source=LabelSource.CHARGEBACK,
                actor="demo",
                confidence=1.0,
                reason=dispute["data"]["reason_code"],
                occurred_at=payment.occurred_at,
                known_at=datetime.fromisoformat(dispute["time"]),
                supersedes=None,
                lane=Lane.DETECTION,
                inclusion_probability=None,
                origin="chargeback:demo",
                external_id=dispute["data"]["dispute"],
                now=now,
            )


def settle(case: Case, *, now: datetime) -> None:
    """Deliver a case's actions and wait until the marketplace's answer events are stored and scored."""
    end = time.monotonic() + ANSWER_LIMIT_S
    while _waiting(case):
        pipeline.run_stage("deliver", clock=lambda: now)
        if time.monotonic() > end:
            raise Unanswered(f"The marketplace left an action of {case.ref} unanswered for {ANSWER_LIMIT_S:.0f} s.")
        time.sleep(0.02)
    pipeline.run_all(clock=lambda: now)


def _waiting(case: Case) -> bool:
    """Tell whether an action is still on its way, or its answer event has not come back yet."""
    actions = list(Action.objects.filter(decision__case=case))
    if any(action.state in {ActionState.HELD, ActionState.PENDING, ActionState.SENDING} for action in actions):
        return True
    expected = {f"{action.public_id}/applied" for action in actions if _answers(action)}
    return Event.objects.filter(external_id__in=expected).count() < len(expected)


def _answers(action: Action) -> bool:
    return action.state == ActionState.DONE and action.kind not in {"account.warn", "message.warn_recipients"}
