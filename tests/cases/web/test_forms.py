"""A decision is a preset, or a record drawn for that preset and changed by hand; never a mixture of two presets."""

import pytest
from django.http import QueryDict

from cases.forms import DecisionForm, unticked
from cases.models import Queue
from tests.cases import build

pytestmark = pytest.mark.django_db
SEEN = "version=1&fence=1"


def cleaned(text):
    form = DecisionForm(QueryDict(f"{SEEN}&{text}"), queue=Queue.objects.get(slug="ato"))
    assert form.is_valid(), form.errors
    return {name: form.cleaned_data[name] for name in ("policy", "action", "label", "reason")}


def as_record(choice):
    return {
        "policy": choice["policy_id"],
        "action": choice["action_kinds"],
        "label": choice["label_class"],
        "reason": choice["reason_id"],
    }


def test_a_preset_alone_fills_the_whole_record():
    assert cleaned("preset=1") == as_record(build.choice(1))


def test_a_record_drawn_for_another_preset_does_not_count():
    other = build.choice(1)
    late = f"record_of=1&policy={other['policy_id']}&action=account.suspend&label=ato.confirmed"

    assert cleaned(f"preset=3&{late}&reason={other['reason_id']}") == as_record(build.choice(3))


def test_a_record_changed_by_hand_counts():
    first = build.choice(1)
    changed = f"record_of=1&policy={first['policy_id']}&action=payout.hold&label=ato.confirmed"

    assert cleaned(f"preset=1&{changed}&reason={first['reason_id']}")["action"] == ["payout.hold"]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", {"preset"}),
        ("preset=9", {"preset"}),
        ("preset=own", {"policy", "label", "reason"}),
        ("preset=own&action=account.explode", {"action", "policy", "label", "reason"}),
        ("preset=own&label=guilty", {"label", "policy", "reason"}),
        ("preset=1&version=x", {"version"}),
        ("preset=1&note=" + "x" * 5001, {"note"}),
    ],
)
def test_a_decision_with_a_part_missing_or_wrong_names_it(text, wrong):
    form = DecisionForm(QueryDict(f"{SEEN}&{text}"), queue=Queue.objects.get(slug="ato"))

    assert set(form.errors) == wrong


def test_unticked_is_what_was_shown_and_left_without_a_tick():
    assert unticked(QueryDict("shown=1,2,3,x&evidence=2&evidence=4&evidence=y")) == [1, 3]
