import pytest

from signals.detectors.base import EventView, Finding, Reason, weighed
from signals.detectors.registry import BY_KIND, DETECTORS
from signals.features.registry import KINDS
from tests.factories import NOON

ONE = Reason("code", "Sentence.", 1, 0)


def test_every_abuse_type_has_two_detectors_at_least():
    counts = {}
    for detector in DETECTORS.values():
        counts[detector.abuse_type] = counts.get(detector.abuse_type, 0) + 1

    assert counts == {"account_takeover": 4, "phishing": 5, "payment_fraud": 4, "prohibited_item": 4}


@pytest.mark.parametrize("detector", DETECTORS.values(), ids=lambda detector: detector.name)
def test_detector_is_silent_where_nothing_is_known(detector):
    for kind in detector.kinds:
        assert list(detector.find(EventView(1, kind, NOON, {}, {}, {}))) == []


def test_features_exist_for_every_kind_a_detector_asks_for():
    assert set(BY_KIND) <= KINDS


def test_weighed_orders_reasons_and_shares_sum_to_one():
    weak, strong = Reason("weak", "W.", 1), Reason("strong", "S.", 2)

    found = weighed((1, weak), (3, strong))

    assert [(reason.code, reason.contribution) for reason in found] == [("strong", 0.75), ("weak", 0.25)]


@pytest.mark.parametrize("score", [-0.1, 1.1])
def test_a_score_outside_its_range_is_refused(score):
    with pytest.raises(ValueError, match="A score lies"):
        Finding("account", score, (ONE,))


@pytest.mark.parametrize("number", [0, 11])
def test_a_finding_has_one_to_ten_reasons(number):
    with pytest.raises(ValueError, match="reasons"):
        Finding("account", 0.5, (ONE,) * number)
