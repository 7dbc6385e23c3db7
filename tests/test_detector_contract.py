"""Our own contract of every detector for tables, beyond scikit-learn's checks: what a user relies on."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.base import clone

from dross.detector import AbstractDetector
from dross.reconstruction import ConstantReconstruction
from dross.refinement import SRR
from tests.planted import Planted, plant, planted_auroc
from tests.table_detectors import table_detectors


def every_detector() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("detector", table_detectors(), ids=lambda detector: repr(detector)[:60])


@every_detector()
@pytest.mark.parametrize(("contamination", "offset"), [(0.0, 0.0), (0.0, 1e6), (0.05, 0.0)])
def test_ranks_planted_anomalies_above_normal_samples(
    detector: AbstractDetector, contamination: float, offset: float
) -> None:
    if offset and isinstance(detector, ConstantReconstruction):
        pytest.skip("it learns nothing, and so not where the data lie")
    assert planted_auroc(clone(detector), plant(contamination=contamination, offset=offset)) > 0.95


@every_detector()
def test_normal_samples_score_higher_than_anomalies(detector: AbstractDetector, planted: Planted) -> None:
    scores = clone(detector).fit(planted.X_train).score_samples(planted.X_test)
    assert scores.dtype == np.float64
    assert scores.shape == planted.labels_test.shape
    assert np.median(scores[planted.labels_test == 0]) > np.median(scores[planted.labels_test == 1])


@every_detector()
def test_a_row_scores_alone_as_among_others(detector: AbstractDetector, planted: Planted) -> None:
    fitted = clone(detector).fit(planted.X_train)
    rows = np.concatenate([planted.X_test[:10], planted.X_train[:10]])
    alone = [fitted.score_samples(row[None, :])[0] for row in rows]
    np.testing.assert_allclose(alone, fitted.score_samples(rows), rtol=1e-10)
    # Not even many copies of one row around it change its score.
    crowd = np.concatenate([rows, np.repeat(rows[:1], 500, axis=0)])
    np.testing.assert_allclose(fitted.score_samples(crowd)[: len(rows)], alone, rtol=1e-10)


@every_detector()
def test_the_same_seed_gives_the_same_scores(detector: AbstractDetector, planted: Planted) -> None:
    first, second = (clone(detector).fit(planted.X_train).score_samples(planted.X_test) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@every_detector()
def test_fitting_again_forgets_the_first_fit(detector: AbstractDetector, planted: Planted) -> None:
    other = plant(n_train=120, n_features=3, seed=1)
    fresh = clone(detector).fit(planted.X_train)
    again = clone(detector).fit(other.X_train).fit(planted.X_train)
    np.testing.assert_array_equal(fresh.score_samples(planted.X_test), again.score_samples(planted.X_test))
    assert fresh.offset_ == again.offset_


@every_detector()
def test_parameters_survive_cloning_and_setting(detector: AbstractDetector) -> None:
    changed = clone(detector).set_params(contamination=0.25)
    assert changed.get_params()["contamination"] == 0.25
    assert repr(clone(changed)) == repr(changed)


@every_detector()
def test_contamination_sets_the_share_of_alarms_and_not_the_scores(
    detector: AbstractDetector, planted: Planted
) -> None:
    automatic = clone(detector).fit(planted.X_train)
    a_tenth = clone(detector).set_params(contamination=0.1).fit(planted.X_train)
    np.testing.assert_array_equal(automatic.score_samples(planted.X_test), a_tenth.score_samples(planted.X_test))
    assert (a_tenth.predict(planted.X_train) == -1).mean() == pytest.approx(0.1, abs=0.005)


def heavy_tailed(detector: AbstractDetector) -> bool:
    """Return whether the scores of normal samples have so heavy a tail that more of them lie beyond Tukey's fence.

    Log-densities of squared distances have, and local outlier factors.
    """
    return "LocalOutlierFactor" in repr(detector) or (isinstance(detector, SRR) and "Affine" in repr(detector))


@every_detector()
def test_the_automatic_threshold_calls_few_normal_samples_anomalous(detector: AbstractDetector) -> None:
    clean = plant(contamination=0.0)
    fitted = clone(detector).fit(clean.X_train)
    false_alarms = (fitted.predict(clean.X_test[clean.labels_test == 0]) == -1).mean()
    assert 0 < (fitted.predict(clean.X_train) == -1).mean() <= (0.1 if heavy_tailed(detector) else 0.03)
    assert false_alarms <= (0.1 if heavy_tailed(detector) else 0.05)


@every_detector()
def test_the_input_is_left_as_it_was(detector: AbstractDetector, planted: Planted) -> None:
    X: NDArray[np.float64] = planted.X_train.copy()
    X.setflags(write=False)
    clone(detector).fit(X).score_samples(X)
    np.testing.assert_array_equal(X, planted.X_train)


@every_detector()
def test_values_that_overflow_when_squared_score_lowest_and_finite(
    detector: AbstractDetector, planted: Planted
) -> None:
    fitted = clone(detector).fit(planted.X_train)
    scores = fitted.score_samples(np.full((1, 4), 1e200))
    assert np.isfinite(scores).all()
    assert scores[0] <= fitted.score_samples(planted.X_train).min()
