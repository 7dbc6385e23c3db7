"""The two scales by their formulas."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ecdf, rankdata, zscore

from dross.ensemble import Calibration
from dross.ensemble.calibration import SCALES

HELD_OUT = np.random.default_rng(0).gamma(2.0, size=200)
INSIDE = np.random.default_rng(1).uniform(HELD_OUT.min(), HELD_OUT.max(), size=50)


def test_a_rank_is_the_share_of_held_out_scores_below() -> None:
    ranks = Calibration.of(HELD_OUT, "rank").apply(INSIDE)
    np.testing.assert_allclose(ranks, ecdf(HELD_OUT).cdf.evaluate(INSIDE), atol=1 / 100)
    np.testing.assert_allclose(
        Calibration.of(HELD_OUT, "rank").apply(HELD_OUT), (rankdata(HELD_OUT) - 1) / (len(HELD_OUT) - 1), atol=1e-12
    )


def test_z_is_scipys() -> None:
    np.testing.assert_allclose(Calibration.of(HELD_OUT, "z").apply(HELD_OUT), zscore(HELD_OUT))


@pytest.mark.parametrize("scale", SCALES)
def test_a_higher_score_is_never_placed_lower_and_anomalies_stay_apart(scale: str) -> None:
    scores = np.linspace(HELD_OUT.min() - 1, 3 * HELD_OUT.max(), 500)
    places = Calibration.of(HELD_OUT, scale).apply(scores)  # type: ignore[arg-type]
    assert (np.diff(places) >= 0).all()
    assert (np.diff(places[scores > HELD_OUT.max()]) > 0).all()
    assert len(np.unique(places)) == len(scores)


def test_an_outlier_among_the_held_out_scores_moves_ranks_by_one_place_and_z_by_far() -> None:
    with_outlier = np.append(HELD_OUT, 1e6)
    moved = {
        scale: np.abs(Calibration.of(with_outlier, scale).apply(INSIDE) - Calibration.of(HELD_OUT, scale).apply(INSIDE))
        for scale in SCALES
    }
    assert moved["rank"].max() <= 1 / 100
    assert moved["z"].max() > 1


@pytest.mark.parametrize("scale", SCALES)
def test_scores_that_are_all_alike_are_no_error(scale: str) -> None:
    places = Calibration.of(np.ones(5), scale).apply(np.array([0.0, 1.0, 2.0]))  # type: ignore[arg-type]
    assert np.isfinite(places).all()
    assert (np.diff(places) > 0).all()
