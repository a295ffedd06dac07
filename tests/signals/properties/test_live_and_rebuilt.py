"""A value seen when an event was scored is the value that is rebuilt from all facts, but for facts that came later."""

import random
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from signals.features import compute
from signals.models import Event
from signals.services import ingest, scoring
from signals.services.feature_check import checking
from tests.factories import NOON, label
from tests.signals.properties import traffic

# Each batch holds a lock for every id until its transaction ends: one around all of them would hold too many.
pytestmark = pytest.mark.django_db(transaction=True)
START = NOON + timedelta(days=150)
BATCH = 500


def at(turn, minutes=0.0):
    return START + timedelta(minutes=10 * turn + minutes)


def score(now):
    while scoring.score_pending(limit=500, now=now):
        pass


def judge_some(dice, now):
    """Label some of the newest payments as fraud, known at any time since."""
    for row in Event.objects.filter(kind="payment.captured").order_by("-pk")[:3]:
        known_at = row.observed_at + timedelta(days=20 * dice.random())
        given = {"abuse_type": "payment_fraud", "role": "payment", "verdict": "bad", "recorded_at": now}
        label(row, "payment.third_party", known_at, **given)


def play(dice, items):
    """Send the items in their order, score now and then in the first third, and all that is left in the end."""
    size = min(len(items) // 40 + 1, BATCH)
    turns = range(0, len(items), size)
    for turn, first in enumerate(turns):
        accepted = ingest.ingest(
            source="town", items=traffic.encoded(items[first : first + size]), received_at=at(turn)
        )
        assert accepted.counts["refused"] == 0, accepted
        judge_some(dice, at(turn))
        if 3 * turn < len(turns) and dice.random() < 0.5:
            score(at(turn, 5))
    end = at(len(turns) + 1)
    score(end)
    return end


def differing(ids):
    """Return those of the events whose logged values are not the rebuilt ones, with both."""
    found = {}
    for first in range(0, len(ids), BATCH):
        logged = dict(Event.objects.filter(pk__in=ids[first : first + BATCH]).values_list("pk", "features"))
        rebuilt = compute.values(event_ids=sorted(logged))
        found |= {pk: (logged[pk], rebuilt[pk]) for pk in logged if logged[pk] != rebuilt[pk]}
    return found


@pytest.mark.parametrize("points", [2_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_live_is_rebuilt_but_for_facts_that_came_later(points):
    dice = random.Random(points)
    items = traffic.repeated(dice, traffic.town(dice, points * 14 // 10), share=0.05)

    end = play(dice, items)

    after_all = list(Event.objects.filter(scored_at=end, features__isnull=False).values_list("pk", flat=True))
    assert len(after_all) >= points * 3 // 4
    assert differing(after_all) == {}
    outcome = checking.check(sample=len(items), seed="all")
    assert outcome.checked == Event.objects.filter(features__isnull=False).count()
    assert outcome.unexplained == {}
    assert outcome.late == outcome.differing > 0


@pytest.fixture
def small_town():
    dice = random.Random(7)
    play(dice, traffic.town(dice, 300))


def test_check_names_what_nothing_explains(small_town, capsys):
    row = Event.objects.filter(features__has_key="account_failed_logins_90d").order_by("scored_at", "pk").last()
    row.features["account_failed_logins_90d"] += 1
    row.save(update_fields=["features"])

    with pytest.raises(CommandError, match="without a reason"):
        call_command("check_features", "--sample", "1000", "--seed", "x")

    lines = capsys.readouterr().out.splitlines()
    assert f"UNEXPLAINED event {row.pk}: account_failed_logins_90d" in lines


def test_check_counts_texts_that_are_no_longer_kept(small_town, services):
    row = Event.objects.filter(features__has_key="message_length").order_by("scored_at", "pk").last()
    row.texts.all().delete()

    outcome = checking.check(sample=1000, seed="x")

    assert (outcome.erased >= 1, outcome.unexplained) == (True, {})


def test_check_draws_the_same_events_by_the_same_seed(small_town):
    first, second = (checking.check(sample=100, seed="x") for _ in range(2))

    assert first == second
    assert first.checked == 100


def test_check_leaves_out_what_other_definitions_logged(small_town):
    Event.objects.update(feature_version="older")

    assert checking.check(sample=100, seed="x").checked == 0


def test_check_of_nothing_is_well(db, capsys):
    call_command("check_features", "--sample", "10")

    assert capsys.readouterr().out.splitlines()[1].startswith("0 differ (0.000%)")
