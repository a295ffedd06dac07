"""What scores have meant by labels: enough of them or none, known in time, weighed as drawn."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from signals.models import Calibration, CalibrationRun, Detector
from signals.services import calibration, isotonic
from signals.services.isotonic import Point
from tests import factories
from tests.cases import build
from tests.factories import NOON, after
from tscore.core import db as database

NIGHT = NOON + timedelta(days=1)
ATO = "account_takeover"


def judged(count, *, share_bad, score, known_at=NOON, first=0, **fields):
    """Store findings of one score, of which a share is labelled bad by their event."""
    for number in range(first, first + count):
        about = build.login(f"k-{score}-{number}")
        build.signal(factories.entity("account", f"k-{score}-{number}"), events=(about,), score=score)
        is_bad = number - first < share_bad * count
        factories.label(
            about, "ato.confirmed" if is_bad else "legit", known_at, abuse_type=ATO, role="account",
            verdict="bad" if is_bad else "good", **fields,
        )  # fmt: skip


def fit(as_of=NIGHT):
    detector = Detector.objects.get(name=f"test.{ATO}")
    return database.in_transaction(lambda: calibration.fit(detector=detector, as_of=as_of, now=NIGHT))


def test_scores_mean_what_labels_say(db):
    judged(40, share_bad=0.1, score=0.6)
    judged(40, share_bad=0.5, score=0.9)

    found = fit()

    assert (found.scores, found.probabilities) == ([0.0, 0.9], [pytest.approx(0.1), pytest.approx(0.5)])
    assert (found.bad, found.good, found.lanes, found.is_weighted) == (24, 56, {"detection": 80}, False)


@pytest.mark.parametrize(("count", "share_bad"), [(50, 0.5), (100, 0.05), (100, 0.96)])
def test_too_few_labels_mean_nothing(db, count, share_bad):
    judged(count, share_bad=share_bad, score=0.8)

    assert (fit(), Calibration.objects.count()) == (None, 0)


def test_labels_made_in_bulk_do_not_count(db):
    judged(80, share_bad=0.3, score=0.8, lane="bulk")

    assert fit() is None


def test_labels_known_later_do_not_count(db):
    judged(80, share_bad=0.5, score=0.8, known_at=NIGHT + timedelta(seconds=1))

    assert fit() is None
    assert fit(as_of=NIGHT + timedelta(seconds=1)).bad == 40


def test_drawn_labels_count_alone_where_there_are_enough_each_by_its_chance(db):
    judged(30, share_bad=1, score=0.8, lane="random", inclusion_probability=1.0)
    judged(30, share_bad=0, score=0.8, first=30, lane="random", inclusion_probability=0.1)
    judged(90, share_bad=1, score=0.8, first=60)

    found = fit()

    assert (found.lanes, found.is_weighted, found.probabilities) == ({"random": 60}, True, [pytest.approx(1 / 11)])


def test_what_says_the_same_is_not_stored_again_and_what_changed_replaces(db):
    judged(80, share_bad=0.5, score=0.8)
    first, same = fit(), fit()
    judged(80, share_bad=0.1, score=0.8, first=80)

    second = fit()

    assert (first.pk, first.pk) == (same.pk, Calibration.objects.get(is_current=False).pk)
    assert (second.probabilities, Calibration.objects.get(is_current=True).pk) == ([pytest.approx(0.3)], second.pk)


def test_every_night_once_however_many_detectors_a_step_takes(db):
    judged(80, share_bad=0.5, score=0.8)
    at = NIGHT.replace(hour=4)

    handled = []
    while step := calibration.fit_nightly(limit=3, now=at):
        handled.append(step)
        assert len(handled) < 50

    assert sum(handled) == Detector.objects.count()
    assert calibration.fit_nightly(limit=3, now=at + timedelta(hours=1)) == 0
    assert (CalibrationRun.objects.get().finished_at, Calibration.objects.count()) == (at, 1)


def test_a_detector_costs_as_many_statements_with_sixty_labels_as_with_ninety(db):
    def statements():
        Calibration.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            fit()
        return len(captured)

    judged(60, share_bad=0.5, score=0.8)
    fewer = statements()
    judged(30, share_bad=0.5, score=0.7)

    assert statements() == fewer


@pytest.mark.parametrize("seed", range(5))
def test_steps_are_nearer_to_the_truth_than_scores_on_labels_held_out(seed):
    chance = random.Random(seed)
    drawn = [(score, float(chance.random() < score**3)) for score in (chance.random() for _ in range(800))]
    steps = isotonic.fit([Point(score, truth) for score, truth in drawn[:400]])

    held_out = drawn[400:]
    raw = sum((score - truth) ** 2 for score, truth in held_out)
    meant = sum((isotonic.at(steps, score) - truth) ** 2 for score, truth in held_out)

    assert meant < 0.9 * raw
    assert steps.probabilities == sorted(steps.probabilities)
    assert all(0 < probability < 1 for probability in steps.probabilities)


def test_the_database_reads_steps_as_python_does(db):
    steps = isotonic.fit([Point(0.2, 0), Point(0.4, 1), Point(0.4, 0), Point(0.9, 1)])
    scores = [0.0, 0.19, 0.2, 0.4, 0.41, 0.9, 1.0]

    sql = "SELECT (%s::float8[])[width_bucket(score, %s::float8[])] FROM unnest(%s::float8[]) AS score"
    read = [value for (value,) in database.rows(sql, [steps.probabilities, steps.scores, scores])]

    assert read == [isotonic.at(steps, score) for score in scores]


def test_nobody_is_fitted_before_there_are_findings(db):
    assert calibration.fit_nightly(limit=500, now=after(days=2)) == Detector.objects.count()
    assert Calibration.objects.count() == 0


def test_each_reason_gets_a_base_rate_of_ninety_days_once_enough_are_labelled(db):
    judged(9, share_bad=1, score=0.8)
    fit()
    assert Detector.objects.get().base_rates == {}
    judged(3, share_bad=0, score=0.7)

    fit()
    assert Detector.objects.get().base_rates == {"odd": {"bad": 9, "of": 12, "days": 90}}

    fit(as_of=NOON + timedelta(days=91))
    assert Detector.objects.get().base_rates == {}
