"""Thresholds: the medcouple and the adjusted boxplot against their definitions, and what must not depend on units."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from dross.refinement.rejection import adjusted_fence, medcouple, rejection_threshold

RNG = np.random.default_rng(0)
CLOUDS = {
    "symmetric": RNG.normal(size=200),
    "skewed": RNG.exponential(size=200),
    "skewed to the left": -RNG.exponential(size=200),
    "heavy tail": RNG.standard_t(2, size=200),
    "odd": RNG.exponential(size=151),
    "few": RNG.exponential(size=7),
    "rounded": RNG.exponential(3, size=200).round(),
    "a third at the median": np.sort(np.concatenate([np.full(67, 1.0), RNG.exponential(size=133) * 1.4])),
}


def published_medcouple(values: NDArray[np.float64]) -> float:
    """Return the medcouple by its definition (Brys, Hubert and Struyf 2004), with its kernel for ties at the median."""
    median = np.median(values)
    upper, lower = sorted(v for v in values if v >= median), sorted((v for v in values if v <= median), reverse=True)
    ties = sum(v == median for v in values)
    kernel = []
    # Ties come first in `upper` and in `lower`: the i-th and the j-th of them have the kernel sign(i + j - ties - 1).
    for i, b in enumerate(upper):
        for j, a in enumerate(lower):
            kernel.append(((b - median) - (median - a)) / (b - a) if b > a else np.sign(i + j + 1 - ties))
    return float(np.median(kernel))


@pytest.mark.parametrize("cloud", CLOUDS)
def test_medcouple_is_the_published_one(cloud: str) -> None:
    # Pairs of ties are left out, which by their kernel's symmetry moves the median by next to nothing.
    assert medcouple(CLOUDS[cloud]) == pytest.approx(published_medcouple(CLOUDS[cloud]), abs=0.02)


def test_medcouple_is_exact_where_nothing_lies_at_the_median() -> None:
    values = CLOUDS["skewed"]
    assert not (values == np.median(values)).any()
    assert medcouple(values) == pytest.approx(published_medcouple(values), abs=1e-12)


def test_medcouple_of_many_values_is_that_of_a_sample_of_their_order_statistics() -> None:
    values = np.random.default_rng(1).exponential(size=3000)
    assert medcouple(values) == pytest.approx(published_medcouple(values), abs=0.005)


def test_medcouple_turns_its_sign_with_the_values() -> None:
    for values in CLOUDS.values():
        assert medcouple(-values) == pytest.approx(-medcouple(values), abs=1e-12)


def test_medcouple_does_not_depend_on_units_or_order() -> None:
    values = CLOUDS["skewed"]
    assert medcouple(3.0 + 7.0 * values) == pytest.approx(medcouple(values), abs=1e-12)
    assert medcouple(RNG.permutation(values)) == medcouple(values)


def test_medcouple_of_equal_values_is_zero() -> None:
    assert medcouple(np.ones(10)) == 0.0
    assert medcouple(np.ones(1)) == 0.0


def test_adjusted_fence_by_hand() -> None:
    # 0, 1, 2, 4, 8: quartiles 1 and 4, median 2. Kernel of (a, b) with a in 0, 1, 2 and b in 2, 4, 8, less the pair of
    # the median with itself: -1, -1 (b = 2); 0, 1/3, 1 (b = 4); 1/2, 5/7, 1 (b = 8). Their median is 5/12.
    scores = np.array([0.0, 1.0, 2.0, 4.0, 8.0])
    kernel = [-1, -1, 0, 1 / 3, 1, 4 / 8, 5 / 7, 1]
    assert medcouple(scores) == pytest.approx(np.median(kernel))
    assert adjusted_fence(scores, 1.5) == pytest.approx(4 + 1.5 * np.exp(3 * np.median(kernel)) * 3)
    assert adjusted_fence(scores, 3.0) == pytest.approx(4 + 3.0 * np.exp(3 * np.median(kernel)) * 3)


def test_adjusted_fence_uses_numpys_quartiles() -> None:
    for values in CLOUDS.values():
        low, high = np.quantile(values, [0.25, 0.75])
        expected = high + 1.5 * np.exp(3 * max(medcouple(values), 0)) * (high - low)
        assert adjusted_fence(values, 1.5) == pytest.approx(expected)


def test_a_short_upper_tail_does_not_draw_the_fence_nearer_than_a_symmetric_one() -> None:
    values = CLOUDS["skewed to the left"]
    low, high = np.quantile(values, [0.25, 0.75])
    assert medcouple(values) < -0.1
    assert adjusted_fence(values, 1.5) == pytest.approx(high + 1.5 * (high - low))


def test_nothing_is_rejected_where_half_of_the_scores_are_one_value() -> None:
    scores = np.concatenate([np.zeros(80), np.arange(1.0, 21.0)])
    assert rejection_threshold(scores, "auto") == np.inf


@pytest.mark.parametrize("rejection", [0.01, 0.1, 0.25, 0.49])
def test_a_share_is_rejected_of_all_scores(rejection: float) -> None:
    scores = np.random.default_rng(0).normal(size=1000)
    assert (scores > rejection_threshold(scores, rejection)).mean() == pytest.approx(rejection, abs=0.002)
    assert rejection_threshold(scores, rejection) == np.quantile(scores, 1 - rejection)


def test_no_share_rejects_nothing() -> None:
    assert rejection_threshold(CLOUDS["skewed"], 0) == np.inf


@pytest.mark.parametrize("rejection", ["auto", 0.1])
@pytest.mark.parametrize("cloud", CLOUDS)
def test_what_is_rejected_does_not_depend_on_the_units_of_scores(cloud: str, rejection: float) -> None:
    scores = CLOUDS[cloud]
    rejected = scores > rejection_threshold(scores, rejection)
    for scale, shift in ((4.0, 0.0), (0.5, 1.0), (8.0, -16.0)):  # powers of two: nothing is lost to rounding
        changed = scale * scores + shift
        np.testing.assert_array_equal(changed > rejection_threshold(changed, rejection), rejected)


def test_the_automatic_rule_rejects_few_of_clean_scores_and_all_that_is_far() -> None:
    clean = np.random.default_rng(0).chisquare(5, size=5000)
    assert (clean > rejection_threshold(clean, "auto")).mean() < 0.02
    dirty = np.concatenate([clean, np.random.default_rng(1).uniform(200, 300, size=500)])
    rejected = dirty > rejection_threshold(dirty, "auto")
    assert rejected[5000:].all()
    assert rejected[:5000].mean() < 0.02
