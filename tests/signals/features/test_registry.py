from datetime import timedelta

import pytest

from signals.features import window_sql
from signals.features.compute import FUNCTIONS
from signals.features.registry import FEATURES, KINDS, of_kinds
from signals.features.spec import Aggregate, Feature, Made, Type, Way, Window
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
    elif feature.made:
        assert all(set(FEATURES[name].on) >= set(feature.on) for name in feature.made.of)
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


def test_a_feature_is_found_in_one_way_only():
    with pytest.raises(ValueError, match="give a window, what it is made of, or a function"):
        Feature("x", "account", ("login.failed",), Type.INT, "x.", function="f", made=Made(Way.NONE_BEFORE, ("y",)))


@pytest.mark.parametrize(("way", "of", "share"), [(Way.RATIO, ("x",), 1), (Way.RATIO, ("x", "y"), 0)])
def test_what_is_made_of_others_names_as_many_as_it_needs(way, of, share):
    with pytest.raises(ValueError, match="others and a share"):
        Made(way, of, share)


def test_long_windows_look_up_no_events_but_for_one_pair_of_people():
    def is_long(window):
        return window_sql.needs_events(window) and window.window > timedelta(days=1)

    found = [name for name, feature in FEATURES.items() if feature.window and is_long(feature.window)]

    assert found == ["sender_to_recipient_90d"]
