"""A case's probability follows what scores mean, says whether it does, and is ranked anew at once."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from cases.queries import case_header
from cases.services import correlation, recalibration
from cases.web import story
from signals.models import Calibration, Detector
from tests.cases import build
from tests.factories import NOON, after, entity


@pytest.fixture
def meaning(db):
    def store(scores, probabilities, *, version="1"):
        detector, _ = Detector.objects.get_or_create(
            name="test.account_takeover", defaults={"version": "1", "abuse_type_id": "account_takeover", "title": "t"}
        )
        Calibration.objects.filter(detector=detector).update(is_current=False, applied_at=None, applied_up_to=0)
        return Calibration.objects.create(
            detector=detector, detector_version=version, as_of=NOON, scores=scores, probabilities=probabilities,
            bad=50, good=50, lanes={"detection": 100}, is_weighted=False, fitted_at=NOON,
        )  # fmt: skip

    return store


def settle(limit=100):
    steps = 0
    while recalibration.recalibrate_due(limit=limit, now=NOON):
        steps += 1
        assert steps < 100
    return steps


def standing():
    return [(case.probability, case.is_calibrated) for case in Case.objects.order_by("id")]


def test_case_without_calibration_keeps_the_score_and_says_so(db):
    case = build.case(score=0.8)

    assert standing() == [(0.8, False)]
    assert story.rank_sentence(case_header.terms(case)).startswith("0.80 probability (not calibrated)")


def test_case_takes_the_probability_that_its_score_means(meaning):
    meaning([0.0, 0.7], [0.05, 0.4])

    case = build.case(score=0.8)

    assert standing() == [(0.4, True)]
    assert case.priority == pytest.approx(0.4 * case.stake_minor)
    assert case.case_signals.get().signal.score == 0.8
    assert story.rank_sentence(case_header.terms(case)).startswith("0.40 probability ×")


def test_scores_of_another_version_stand_for_themselves(meaning):
    meaning([0.0], [0.05], version="2")

    build.case(score=0.8)

    assert standing() == [(0.8, False)]


def test_open_cases_follow_a_new_calibration_and_closed_ones_do_not(meaning, ada):
    build.decision(build.held_case(ada, "a-0", score=0.8))
    for number in range(1, 6):
        build.case(f"a-{number}", score=0.8)

    meaning([0.0], [0.3])
    steps = settle(limit=1)

    assert standing() == [(0.8, False)] + [(0.3, True)] * 5
    assert (steps, Calibration.objects.get().applied_at, settle()) == (2, NOON, 0)


def test_cases_go_back_to_scores_when_a_calibration_holds_no_longer(meaning):
    meaning([0.0], [0.3])
    build.case(score=0.8)
    settle()

    Calibration.objects.update(is_current=False, applied_at=None, applied_up_to=0)
    settle()

    assert standing() == [(0.8, False)]


def test_a_step_costs_as_many_statements_for_one_case_as_for_five(meaning):
    def statements():
        meaning([0.0], [0.3])
        with CaptureQueriesContext(connection) as captured:
            recalibration.recalibrate_due(limit=100, now=NOON)
        return len(captured)

    build.case("a-0")
    one = statements()
    for number in range(1, 5):
        build.case(f"a-{number}")

    assert statements() == one


def test_a_case_is_ranked_anew_within_five_seconds_of_a_new_signal(db):
    low, high = build.case("a-0", score=0.3), build.case("a-1", score=0.6)

    began = time.monotonic()
    build.signal(entity("account", "a-0"), score=0.9, at=after(1))
    correlation.correlate_pending(limit=500, now=after(1))
    took = timedelta(seconds=time.monotonic() - began)

    low.refresh_from_db()
    assert (low.priority > high.priority, low.probability, low.version) == (True, 0.9, 2)
    assert took < timedelta(seconds=4)  # the stage looks every second
