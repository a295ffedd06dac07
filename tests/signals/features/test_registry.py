from datetime import timedelta

import pytest

from signals.features.compute import FUNCTIONS
from signals.features.registry import FEATURES, KINDS, of_kinds
from signals.features.spec import Aggregate, Feature, Type, Window
from signals.kinds import KINDS as EVENT_KINDS


def test_features_are_computed_for_known_kinds():
    assert set(EVENT_KINDS) >= KINDS


@pytest.mark.parametrize("feature", FEATURES.values(), ids=lambda feature: feature.name)
def test_feature_names_members_that_its_kinds_have(feature):
    names = {name for kind in feature.on for name in EVENT_KINDS[kind].by_name} | {"ip", "device", "domain"}

    assert feature.role in names
    assert feature.meaning.endswith(".")
    if feature.window:
        assert set(EVENT_KINDS) >= set(feature.window.of)
    else:
        assert feature.function in {*FUNCTIONS, "derived"}


def test_features_of_a_kind_come_by_name():
    names = [feature.name for feature in of_kinds({"dispute.opened"})]

    assert names == ["payer_disputes_180d"]


@pytest.mark.parametrize("name", ["Upper", "1st", "with-dash", ""])
def test_a_feature_needs_a_plain_name(name):
    with pytest.raises(ValueError, match="Not a feature name"):
        Feature(name, "account", ("login.failed",), Type.INT, "x.", function="f")


def test_a_window_takes_only_words():
    with pytest.raises(ValueError, match="Not the words"):
        Window(("login'; DROP",), Aggregate.COUNT, timedelta(hours=1))


def test_distinct_needs_a_member():
    with pytest.raises(ValueError, match="Name the member"):
        Window(("login.failed",), Aggregate.DISTINCT, timedelta(hours=1))
