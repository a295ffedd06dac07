"""The interval covers what is true, in many kinds of traffic, with few drawn."""

import random

import pytest

from cases.services.sampling import shares
from cases.services.sampling_estimates import Part, prevalence

# Rates of bad events and sizes by stratum, and the budget.
WORLDS = {
    "one day of the demo world": ([0.3, 0.01, 0.02, 0.25, 0.005], [60, 900, 700, 40, 2000], 60),
    "rare, a few flagged": ([0.2, 0.002], [30, 3000], 50),
    "alike": ([0.1, 0.1, 0.1], [500, 500, 500], 40),
    "very few": ([0.5, 0.02], [10, 200], 12),
    "many small strata": ([0.4] * 3 + [0.01] * 9, [100] * 3 + [500] * 9, 60),
    "much is bad": ([0.6, 0.1], [500, 1500], 100),
}


def covers(seed: int, rates: list[float], sizes: list[int], budget: int) -> bool:
    chance = random.Random(seed)
    strata = [[chance.random() < rate for _ in range(size)] for rate, size in zip(rates, sizes, strict=True)]
    drawn = [chance.sample(stratum, taken) for stratum, taken in zip(strata, shares(sizes, budget), strict=True)]
    found = prevalence([Part(size, len(sample), sum(sample)) for size, sample in zip(sizes, drawn, strict=True)])
    truth = sum(map(sum, strata)) / sum(sizes)
    assert found is not None
    return found.low <= truth + 1e-12 and truth <= found.high + 1e-12


@pytest.mark.parametrize("world", WORLDS)
def test_interval_covers_the_truth_in_fifty_simulations(world):
    covered = sum(covers(seed, *WORLDS[world]) for seed in range(50))

    assert covered >= 44  # fewer than one in ten thousand where each covers with 0.95, and the seeds are fixed


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
def test_interval_covers_the_truth_in_93_of_100_of_a_thousand_simulations(world):
    covered = sum(covers(seed, *WORLDS[world]) for seed in range(1000))

    assert covered >= 930


def test_strata_count_by_their_share_of_the_traffic():
    found = prevalence([Part(90, 10, 0), Part(10, 10, 5)])

    assert (found.share, found.covered) == (pytest.approx(0.05), 1.0)


def test_nothing_found_still_has_a_width():
    found = prevalence([Part(1000, 40, 0)])

    assert (found.share, found.low, round(found.high, 2)) == (0.0, 0.0, 0.08)


def test_what_is_judged_completely_is_known():
    found = prevalence([Part(20, 20, 3)])

    assert (found.low, found.share, found.high) == (pytest.approx(0.15),) * 3


def test_nothing_judged_gives_no_estimate_and_parts_say_how_much_they_cover():
    assert prevalence([Part(20, 0, 0)]) is None
    assert prevalence([Part(30, 10, 1), Part(10, 0, 0)]).covered == 0.75
