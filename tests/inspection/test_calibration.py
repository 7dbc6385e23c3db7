from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import genpareto

from dross.ensemble import Calibration
from dross.ensemble.calibration import SCALES
from dross.inspection.calibration import (
    CategoryScale,
    TailCalibration,
    Uncalibrated,
    category_calibration,
    generalised_pareto,
)
from dross.metrics import auroc


def moments(excesses: list[float]) -> tuple[float, float]:
    """Return shape and scale by probability-weighted moments, written out as Hosking and Wallis (1987) have them."""
    n = len(excesses)
    first, second = 0.0, 0.0
    for place, excess in enumerate(sorted(excesses), start=1):
        first += excess / n
        second += (1 - (place - 0.35) / n) * excess / n
    k = first / (first - 2 * second) - 2  # their k is minus the shape
    return -k, 2 * first * second / (first - 2 * second)


def test_the_tail_is_the_one_of_probability_weighted_moments() -> None:
    excesses = genpareto(0.3, scale=2.0).rvs(400, random_state=0)
    shape, scale = generalised_pareto(excesses)
    expected_shape, expected_scale = moments(excesses.tolist())
    assert 0 < expected_shape < 0.5  # else it would not be taken
    assert shape == pytest.approx(expected_shape, rel=1e-12)
    # Given the shape, the mean of the excesses says what the scale is; without clipping that is theirs.
    assert scale == pytest.approx(expected_scale, rel=1e-12)


def test_a_tail_that_ends_and_one_that_is_too_heavy_are_not_believed() -> None:
    uniform = np.linspace(0.01, 1.0, 100)
    assert moments(uniform.tolist())[0] < 0
    np.testing.assert_allclose(generalised_pareto(uniform), (0.0, uniform.mean()))
    heavy = genpareto(0.9).rvs(2000, random_state=0)
    assert moments(heavy.tolist())[0] > 0.5
    np.testing.assert_allclose(generalised_pareto(heavy), (0.5, heavy.mean() / 2))


def test_without_excesses_there_is_a_tail_all_the_same() -> None:
    assert generalised_pareto(np.array([])) == (0.0, 1.0)
    rarity = TailCalibration.of(np.full(30, 4.0)).apply(np.array([3.0, 4.0, 5.0]))
    assert np.all(np.diff(rarity) > 0)
    assert TailCalibration.of(np.array([2.0])).apply(np.array([1.0, 2.0, 3.0])).tolist() == sorted(
        TailCalibration.of(np.array([2.0])).apply(np.array([1.0, 2.0, 3.0])).tolist()
    )


def test_beyond_the_threshold_it_is_the_survival_of_the_fitted_tail() -> None:
    calibration = TailCalibration.of(genpareto(0.2).rvs(1000, random_state=1))
    assert calibration.shape > 0
    scores = calibration.threshold + np.array([0.5, 1.0, 5.0, 20.0])
    survival = genpareto(calibration.shape, loc=calibration.threshold, scale=calibration.scale).sf(scores)
    above = calibration.apply(np.array([calibration.threshold]))[0]
    np.testing.assert_allclose(calibration.apply(scores), above - np.log10(survival), rtol=1e-12)
    assert above == pytest.approx(-np.log10(0.25), abs=0.01)


@pytest.mark.parametrize("rarity", [1.0, 2.0])
def test_the_number_says_how_rare_new_normal_samples_are(rarity: float) -> None:
    rng = np.random.default_rng(0)
    shares = []
    for samples in (rng.normal(size=20_500), rng.exponential(size=20_500), rng.standard_t(4, size=20_500)):
        shares.append(np.mean(TailCalibration.of(samples[:500]).apply(samples[500:]) > rarity))
    # A normal distribution's tail is lighter than the exponential one that stands in for it: alarms are rarer still.
    np.testing.assert_allclose(-np.log10(shares), rarity, atol=0.4)


@pytest.mark.parametrize("n", [1, 2, 4, 7, 48, 500])
def test_higher_scores_stay_higher_and_do_not_depend_on_their_company(n: int) -> None:
    rng = np.random.default_rng(n)
    calibration = TailCalibration.of(rng.normal(size=n).round(1))
    scores = np.linspace(-9.0, 30.0, 2001)
    applied = calibration.apply(scores)
    assert np.isfinite(applied).all()
    assert np.all(np.diff(applied) >= 0)
    assert np.all(np.diff(applied[scores > calibration.held_out[-1]]) > 0)
    assert np.all(np.diff(applied[scores < calibration.held_out[0]]) > 0)
    np.testing.assert_array_equal(calibration.apply(scores[::-1])[::-1], applied)
    np.testing.assert_array_equal(calibration.apply(scores.reshape(3, -1)).ravel(), applied)


def test_it_says_the_same_whatever_the_unit_of_the_scores() -> None:
    rng = np.random.default_rng(3)
    held_out, scores = rng.gamma(2.0, size=100), rng.gamma(2.0, size=50) * 3
    expected = TailCalibration.of(held_out).apply(scores)
    np.testing.assert_allclose(TailCalibration.of(50.0 * held_out + 7).apply(50.0 * scores + 7), expected, rtol=1e-9)


@pytest.mark.parametrize("scale", ["tail", *SCALES])
def test_calibration_mends_what_pooling_breaks(scale: CategoryScale) -> None:
    rng = np.random.default_rng(0)
    labels = np.tile(np.repeat([0, 1], 200), 2)
    units = np.repeat([1.0, 100.0], 400)
    scores = (rng.normal(size=800) + 2.5 * labels) * units
    of_each = [auroc(labels[units == unit], scores[units == unit]) for unit in (1.0, 100.0)]
    pooled = np.empty(800)
    for unit in (1.0, 100.0):
        held_out = rng.normal(size=150) * unit
        pooled[units == unit] = category_calibration(held_out, scale).apply(scores[units == unit])
    mean = np.mean([value for value in of_each if value is not None])
    raw, mended = auroc(labels, scores), auroc(labels, pooled)
    assert raw is not None
    assert mended is not None
    assert raw < mean - 0.1
    assert mended > mean - 0.02


def test_the_scales_are_those_that_they_are_named_after() -> None:
    scores = np.array([3.0, 1.0])
    assert isinstance(category_calibration(scores, "tail"), TailCalibration)
    assert category_calibration(scores, "none") == Uncalibrated()
    for scale in SCALES:
        found = category_calibration(scores, scale)
        assert isinstance(found, Calibration)
        assert found.scale == scale
