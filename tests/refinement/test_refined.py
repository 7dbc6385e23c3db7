"""Refinement around any detector: Dross's, scikit-learn's, PyOD's."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pyod.models.hbos import HBOS
from sklearn.ensemble import IsolationForest as SklearnIsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import LocalOutlierFactor

from dross.errors import ParameterError
from dross.one_class import GaussianDensity, KernelDensity, NearestNeighbors, PyODDetector
from dross.refinement import DataRefiner, Refined
from tests.planted import plant, planted_auroc

DIRTY = plant(contamination=0.1)
X, LABELS = DIRTY.X_train, DIRTY.labels_train


@pytest.mark.parametrize("detector", [GaussianDensity(), NearestNeighbors(), KernelDensity()])
def test_without_rejection_it_scores_as_the_blind_detector_does(detector: Any) -> None:
    refined = Refined(detector, rejection=0, random_state=0).fit(X)
    blind = type(detector)().fit(X)
    np.testing.assert_array_equal(refined.score_samples(DIRTY.X_test), blind.score_samples(DIRTY.X_test))
    assert refined.offset_ == blind.offset_
    assert refined.inlier_mask_.all()


def test_it_scores_as_a_detector_fitted_on_what_was_kept() -> None:
    refined = Refined(GaussianDensity(), rejection=0.1, random_state=0).fit(X)
    alone = GaussianDensity().fit(X[refined.inlier_mask_])
    np.testing.assert_array_equal(refined.score_samples(DIRTY.X_test), alone.score_samples(DIRTY.X_test))


def test_it_drops_what_the_refiner_drops() -> None:
    parameters: dict[str, Any] = {
        "n_classifiers": 4,
        "rejection": 0.15,
        "agreement": 3,
        "n_rounds": 2,
        "refit_on": "all",
        "random_state": 5,
    }
    refined = Refined(GaussianDensity(), **parameters).fit(X)
    alone = DataRefiner(GaussianDensity(), **parameters).fit(X)
    np.testing.assert_array_equal(refined.votes_, alone.votes_)
    np.testing.assert_array_equal(refined.inlier_mask_, alone.inlier_mask_)
    np.testing.assert_array_equal(refined.round_dropped_, alone.round_dropped_)
    assert [record.round for record in refined.refinement_trace_] == [1, 2]


def test_contamination_moves_the_alarm_and_not_what_is_dropped() -> None:
    automatic, fixed = (
        Refined(GaussianDensity(), contamination=contamination, random_state=0).fit(X)
        for contamination in ("auto", 0.2)
    )
    np.testing.assert_array_equal(automatic.inlier_mask_, fixed.inlier_mask_)
    np.testing.assert_array_equal(automatic.score_samples(X), fixed.score_samples(X))
    assert automatic.offset_ != fixed.offset_
    assert (fixed.predict(X) == -1).mean() == pytest.approx(0.2, abs=0.005)  # of all samples, the dropped included


@pytest.mark.parametrize(
    "detector",
    [
        SklearnIsolationForest(n_estimators=20),
        LocalOutlierFactor(n_neighbors=5, novelty=True),
        PyODDetector(HBOS()),
    ],
)
def test_detectors_of_others_can_be_refined(detector: Any) -> None:
    refined = Refined(detector, rejection=0.15, random_state=0).fit(X)
    assert planted_auroc(refined, DIRTY) > 0.95
    dropped = ~refined.inlier_mask_
    assert dropped[LABELS == 1].mean() > 2 * dropped[LABELS == 0].mean()


def clustered(seed: int) -> tuple[Any, ...]:
    """Return a training set with a sixteenth of clustered anomalies, a test set, and its labels."""
    rng = np.random.default_rng(seed)
    centre = np.array([3.0, -3.0, 3.0, 0.0])

    def draw(n: int, anomalous: int) -> Any:
        return np.concatenate([rng.normal(size=(n, 4)), centre + rng.normal(size=(anomalous, 4))])

    return draw(900, 60), draw(300, 100), np.repeat([0, 1], [300, 100])


@pytest.mark.parametrize("seed", range(3))
def test_refinement_wins_where_anomalies_hide_each_other(seed: int) -> None:
    train, test, labels = clustered(seed)
    blind = roc_auc_score(labels, -GaussianDensity().fit(train).score_samples(test))
    refined = roc_auc_score(labels, -Refined(GaussianDensity(), random_state=seed).fit(train).score_samples(test))
    assert refined > blind + 0.01


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("detector", [GaussianDensity(), NearestNeighbors()])
def test_refinement_does_no_harm_to_a_clean_set(detector: Any, seed: int) -> None:
    # Anomalies near the normal samples, so that there is something to lose.
    rng = np.random.default_rng(seed)
    train, normal = rng.normal(size=(1000, 4)), rng.normal(size=(500, 4))
    test = np.concatenate([normal, 2.2 * rng.normal(size=(200, 4))])
    labels = np.repeat([0, 1], [500, 200])
    blind = roc_auc_score(labels, -type(detector)().fit(train).score_samples(test))
    refined = roc_auc_score(labels, -Refined(detector, random_state=seed).fit(train).score_samples(test))
    assert abs(refined - blind) < 0.005


def test_names_of_columns_are_kept_and_checked() -> None:
    frame = pd.DataFrame(X, columns=["a", "b", "c", "d"], index=np.arange(len(X)) * 2)
    refined = Refined(GaussianDensity(), random_state=0).fit(frame)
    assert refined.feature_names_in_.tolist() == ["a", "b", "c", "d"]
    assert refined.n_features_in_ == 4
    array = Refined(GaussianDensity(), random_state=0).fit(X)
    np.testing.assert_allclose(refined.score_samples(frame), array.score_samples(X), rtol=1e-9)
    with pytest.raises(ValueError, match="feature names should match"):
        refined.score_samples(frame[["b", "a", "c", "d"]])


def test_what_is_seen_in_fit_is_not_known_before() -> None:
    detector = Refined(GaussianDensity())
    assert not hasattr(detector, "n_features_in_")
    assert not hasattr(detector, "feature_names_in_")
    with pytest.raises(AttributeError) as caught:
        _ = detector.n_features_in_
    assert str(caught.value) == "this Refined is not fitted yet: call fit first"
    assert not hasattr(detector.fit(X), "feature_names_in_")  # arrays have no names


def test_a_fitted_one_survives_a_pickle() -> None:
    refined = Refined(NearestNeighbors(), random_state=0).fit(X)
    loaded = pickle.loads(pickle.dumps(refined))
    np.testing.assert_array_equal(loaded.score_samples(X), refined.score_samples(X))
    assert len(loaded.refinement_trace_) == len(refined.refinement_trace_)


def test_all_wrong_parameters_are_told_at_once() -> None:
    wrong: dict[str, Any] = {"n_classifiers": -1, "rejection": 0.7, "contamination": 0.9, "refit_on": None}
    with pytest.raises(ParameterError) as caught:
        Refined(GaussianDensity, **wrong).fit(X)
    assert str(caught.value) == (
        "5 mistakes:\n"
        "  - detector is <class 'dross.one_class.gaussian_density.GaussianDensity'>; it must be an unfitted estimator "
        "with fit and score_samples\n"
        "  - n_classifiers is -1; it must be a whole number of at least 1\n"
        "  - rejection is 0.7; it must be 'auto' or a share in [0, 0.5)\n"
        "  - refit_on is None; it must be 'kept' or 'all'\n"
        "  - contamination is 0.9; it must be 'auto' or a share in (0, 0.5]"
    )
