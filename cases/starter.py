"""The starter data of judgement: four queues with policies, reasons and presets. Loading it twice changes nothing."""

from django.conf import settings
from django.db import transaction

from cases.models import Policy, Preset, Queue, Reason, SamplingLane, SlaPolicy
from cases.services import catalogue
from cases.starter_examples import EXAMPLES
from cases.starter_lanes import DAILY_BUDGET, LANES, lane_slug
from cases.starter_policies import GENERAL_LABELS, GENERAL_REASONS, POLICIES, PolicyData, PresetData, ReasonData
from cases.starter_queues import QUEUES, QueueData
from signals.enums import Lane, Severity
from tscore.core import money


def load() -> None:
    """Add the queues, policies, reasons and presets that are not there yet."""
    with transaction.atomic():
        for position, queue_data in enumerate(QUEUES, start=1):
            queue = _queue(queue_data, position=position)
            _promises(queue)
            _lane(queue_data.abuse_type)
            data = POLICIES[queue_data.slug]
            policy = _policy(data, queue=queue)
            reasons = _reasons([*data.reasons, *GENERAL_REASONS], policy=policy)
            for key, preset in enumerate(data.presets, start=1):
                _preset(preset, key=key, queue=queue, policy=policy, reasons=reasons)
    catalogue.forget()


def _queue(data: QueueData, *, position: int) -> Queue:
    factor = 10 ** money.exponent(settings.BASE_CURRENCY)
    queue, _ = Queue.objects.get_or_create(
        slug=data.slug,
        defaults={
            "name": data.name,
            "position": position,
            "abuse_type_id": data.abuse_type,
            "subject_roles": list(data.subject_roles),
            "due_minutes": data.due_minutes,
            "stake_rule": data.stake_rule,
            "veil_category": data.veil_category,
            "stake_unit_minor": data.stake_unit_major * factor,
        },
    )
    return queue


def _promises(queue: Queue) -> None:
    for severity in Severity.values:
        minutes = queue.due_minutes.get(severity, queue.due_minutes["other"])
        SlaPolicy.objects.get_or_create(queue=queue, severity=severity, defaults={"target_minutes": minutes})


def _lane(abuse_type: str) -> None:
    SamplingLane.objects.get_or_create(
        slug=lane_slug(abuse_type),
        defaults={
            "lane": Lane.RANDOM,
            "abuse_type_id": abuse_type,
            "kinds": list(LANES[abuse_type]),
            "daily_budget": DAILY_BUDGET,
        },
    )


def _policy(data: PolicyData, *, queue: Queue) -> Policy:
    policy, _ = Policy.objects.get_or_create(
        slug=queue.slug,
        version=1,
        defaults={
            "abuse_type_id": queue.abuse_type_id,
            "name": data.name,
            "text": data.text,
            "action_kinds": list(data.action_kinds),
            "label_classes": [*data.label_classes, *GENERAL_LABELS],
        },
    )
    if not policy.examples:  # a console of earlier times has the policy without them
        policy.examples = list(EXAMPLES[queue.slug])
        policy.save(update_fields=["examples"])
    return policy


def _reasons(data: list[ReasonData], *, policy: Policy) -> dict[str, Reason]:
    reasons = {}
    for position, reason in enumerate(data, start=1):
        reasons[reason.slug], _ = Reason.objects.get_or_create(
            policy=policy,
            slug=reason.slug,
            defaults={"name": reason.name, "label_classes": list(reason.label_classes), "position": position},
        )
    return reasons


def _preset(data: PresetData, *, key: int, queue: Queue, policy: Policy, reasons: dict[str, Reason]) -> None:
    Preset.objects.get_or_create(
        queue=queue,
        position=key,
        defaults={
            "name": data.name,
            "policy": policy,
            "action_kinds": list(data.action_kinds),
            "label_class": data.label_class,
            "reason": reasons[data.reason],
            "safe_from_list": data.safe_from_list,
        },
    )
