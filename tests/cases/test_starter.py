"""The starter data, as section 6 of the interfaces lists it."""

from cases import starter
from cases.action_kinds import KINDS
from cases.enums import ActionMode
from cases.models import Policy, Preset, Queue, Reason
from signals.enums import CLASS_VERDICT


def test_queues_promise_what_the_interfaces_say(db):
    queues = list(
        Queue.objects.order_by("position").values_list("slug", "abuse_type_id", "subject_roles", "stake_rule")
    )

    assert queues == [
        ("ato", "account_takeover", ["account", "session", "device", "ip"], "open_payouts"),
        ("phishing", "phishing", ["sender", "message", "domain"], "per_recipient"),
        ("payments", "payment_fraud", ["buyer", "card", "payment"], "flagged_payments"),
        ("listings", "prohibited_item", ["listing"], "fixed"),
    ]


def test_load_twice_changes_nothing(db):
    before = [list(model.objects.order_by("pk").values()) for model in (Queue, Policy, Reason, Preset)]

    starter.load()

    assert [list(model.objects.order_by("pk").values()) for model in (Queue, Policy, Reason, Preset)] == before


def test_every_preset_fits_its_policy(db):
    for preset in Preset.objects.select_related("policy", "reason", "queue"):
        assert set(preset.action_kinds) - set(preset.policy.action_kinds) == set()
        assert {preset.label_class} - set(preset.policy.label_classes) == set()
        assert {preset.label_class} - set(preset.reason.label_classes) == set()
        assert preset.policy.abuse_type_id == preset.queue.abuse_type_id


def test_every_policy_allows_only_what_one_person_may_do(db):
    kinds = {kind for policy in Policy.objects.all() for kind in policy.action_kinds}

    assert {KINDS[kind].mode for kind in kinds} == {ActionMode.REVERSIBLE, ActionMode.HELD, ActionMode.ONCE}
    assert "entity.block" not in kinds


def test_every_label_class_is_declared_and_has_a_reason(db):
    for policy in Policy.objects.prefetch_related("reasons"):
        reasoned = {label for reason in policy.reasons.all() for label in reason.label_classes}

        assert reasoned == set(policy.label_classes)
        assert set(policy.label_classes) - set(CLASS_VERDICT) == set()


def test_presets_stand_on_the_first_keys(db):
    keys = {
        queue.slug: list(queue.presets.order_by("position").values_list("position", flat=True))
        for queue in Queue.objects.all()
    }

    assert keys == {"ato": [1, 2, 3], "phishing": [1, 2, 3], "payments": [1, 2], "listings": [1, 2, 3]}
