import pytest

from signals.packs import reports as pack
from tests.signals.packs.views import view


def report(kind="listing", *, trust=0.8, others=0, again=0, judged=5, right=4):
    made = view(
        "report.created", roles=("target", "reporter"), reporter_accuracy=trust, target_reporters_1h=others,
        reporter_same_target_24h=again, reporter_judged_180d=judged, reporter_right_180d=right,
    )  # fmt: skip
    made.payload["target"] = {"kind": kind, "id": "x"}
    return made


def test_report_weighs_as_its_reporter_is_trusted_and_shows_the_counts():
    found = pack.trusted_listing(report())

    assert (found.role, found.score) == ("target", 0.8)
    assert found.reasons[0].sentence == (
        "Reported by somebody who was right in 4 of 5 decided reports; weighed with what is usual, 80% trust."
    )


@pytest.mark.parametrize("figures", [{"trust": 0.49}, {"again": 1}, {"others": 9}, {"others": 40}])
def test_report_is_silent_without_trust_said_again_or_among_many(figures):
    assert pack.trusted_listing(report(**figures)) is None


def test_a_burst_is_told_once_by_the_report_that_makes_it_one():
    told = [pack.burst_listing(report(others=others)) is not None for others in range(15)]

    assert told == [others == 9 for others in range(15)]
    assert pack.burst_listing(report(others=9, again=1)) is None


def test_what_is_no_listing_is_a_person_who_bothers_others():
    about = report("message")

    assert (pack.trusted_listing(about), pack.trusted_person(about).score) == (None, 0.8)
    assert (pack.burst_listing(report("account", others=9)), pack.burst_person(report("account", others=9)).score) == (
        None, 0.6,
    )  # fmt: skip
