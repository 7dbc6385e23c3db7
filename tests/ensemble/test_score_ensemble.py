"""Ensembles: what is averaged, how members are weighed without labels, and what is refused."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.metrics import roc_auc_score

from dross.ensemble import ScoreEnsemble, synthetic_anomalies
from dross.errors import ParameterError, TooFewSamplesError
from dross.one_class import GaussianDensity, NearestNeighbors, TwoStage
from dross.reconstruction import PCAReconstruction
from dross.representations import Pixels
from dross.scoring import anomaly_scores
from tests.planted import plant
from tests.planted_pictures import picture_auroc, plant_defects

PLANTED = plant()


class Backwards(BaseEstimator):
    """A Gaussian that calls normal what is anomalous."""

    def fit(self, X: NDArray[Any], y: Any = None) -> Self:
        self.inner_ = GaussianDensity().fit(X)
        return self

    def score_samples(self, X: NDArray[Any]) -> NDArray[Any]:
        return -self.inner_.score_samples(X)


class Blank(BaseEstimator):
    """Says the same of everything."""

    def fit(self, X: NDArray[Any], y: Any = None) -> Self:
        return self

    def score_samples(self, X: NDArray[Any]) -> NDArray[Any]:
        return np.zeros(len(X))


MEMBERS = [("gaussian", GaussianDensity()), ("neighbours", NearestNeighbors())]


@pytest.mark.parametrize("combine", ["rank", "z"])
def test_the_score_is_the_mean_place_among_held_out_scores(combine: Any) -> None:
    ensemble = ScoreEnsemble(MEMBERS, combine=combine, random_state=0).fit(PLANTED.X_train)
    places = []
    for member, calibration in zip(ensemble.members_, ensemble.calibrations_, strict=True):
        assert len(calibration.held_out) == round(0.2 * len(PLANTED.X_train))
        places.append(calibration.apply(anomaly_scores(member, PLANTED.X_test)))
    np.testing.assert_allclose(-ensemble.score_samples(PLANTED.X_test), np.mean(places, axis=0))


def test_a_member_that_ranks_backwards_is_turned_round_without_a_label() -> None:
    members = [("gaussian", GaussianDensity()), ("backwards", Backwards()), ("blank", Blank())]
    equal, weighed = (
        ScoreEnsemble(members, combine="z", weights=weights, random_state=0).fit(PLANTED.X_train)
        for weights in ("equal", "synthetic")
    )
    assert equal.weights_.tolist() == [1 / 3] * 3
    gaussian, backwards, blank = weighed.weights_
    assert backwards == pytest.approx(-gaussian)
    assert blank == 0
    assert np.abs(weighed.weights_).sum() == pytest.approx(1.0)
    rocs = [roc_auc_score(PLANTED.labels_test, anomaly_scores(each, PLANTED.X_test)) for each in (equal, weighed)]
    assert rocs[1] > max(rocs[0], 0.95)


def test_correlations_are_of_ranks_and_symmetric() -> None:
    members = [*MEMBERS, ("backwards", Backwards()), ("blank", Blank())]
    correlation = ScoreEnsemble(members, random_state=0).fit(PLANTED.X_train).correlation_
    np.testing.assert_array_equal(correlation, correlation.T)
    np.testing.assert_array_equal(np.diag(correlation), np.ones(4))
    assert correlation[0, 2] == pytest.approx(-1.0)
    assert correlation[0, 1] > 0.5
    assert (correlation[3, :3] == 0).all()


def test_members_are_not_fitted_on_what_calibrates_them() -> None:
    seen: list[int] = []

    class Counts(BaseEstimator):
        def fit(self, X: NDArray[Any], y: Any = None) -> Self:
            seen.append(len(X))
            return self

        def score_samples(self, X: NDArray[Any]) -> NDArray[Any]:
            return np.asarray(X)[:, 0]

    ScoreEnsemble([("counts", Counts())], held_out=0.25, random_state=0).fit(
        np.random.default_rng(0).normal(size=(40, 2))
    )
    assert seen == [30]


def test_images_make_an_ensemble_too() -> None:
    planted = plant_defects()
    members = [
        ("components", TwoStage(Pixels(), PCAReconstruction(n_components=2))),
        ("neighbours", TwoStage(Pixels(), NearestNeighbors(n_neighbors=1))),
    ]
    ensemble = ScoreEnsemble(members, weights="synthetic", random_state=0).fit(planted.X_train)
    assert (ensemble.synthetic_auroc_ > 0.9).all()
    assert picture_auroc(ensemble, planted) > 0.95


@pytest.mark.parametrize("shape", [(6, 5), (6, 12, 10, 3), (2, 8, 8, 1)])
def test_what_is_made_differs_from_every_sample_but_only_uses_their_values(shape: tuple[int, ...]) -> None:
    samples = np.random.default_rng(0).integers(0, 256, size=shape).astype(np.uint8)
    before = samples.copy()
    made = synthetic_anomalies(samples, np.random.RandomState(0))
    np.testing.assert_array_equal(samples, before)
    assert made.shape == shape
    assert made.dtype == samples.dtype
    changed = (made != samples).reshape(len(samples), -1)
    assert changed.any(axis=1).all()
    assert not changed.all(axis=1).any()
    assert set(made.ravel()) <= set(samples.ravel())


def test_mistakes_are_told_together() -> None:
    members: Any = [("a", GaussianDensity()), ("a", 3)]
    wrong: Any = "ranks"
    with pytest.raises(ParameterError) as caught:
        ScoreEnsemble(members, combine=wrong, held_out=0.0).fit(PLANTED.X_train)
    text = str(caught.value)
    assert "combine is 'ranks'; it must be 'rank' or 'z'; did you mean 'rank'?" in text
    assert "held_out is 0.0; it must be a share in (0, 1]" in text
    assert "there are two members named 'a'" in text
    with pytest.raises(ParameterError) as caught:
        ScoreEnsemble([]).fit(PLANTED.X_train)
    assert str(caught.value) == "members is []; it must be pairs of a name and a detector, one or more"


def test_too_few_samples_to_hold_any_out() -> None:
    with pytest.raises(TooFewSamplesError) as caught:
        ScoreEnsemble(MEMBERS).fit(np.eye(6))
    assert str(caught.value) == (
        "of 6 samples, held_out=0.2 leaves 5 to fit on and 1 to calibrate on: give more samples, at least two for each"
    )
