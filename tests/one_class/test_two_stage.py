"""Two-stage classification: what goes through which part, and how often."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.preprocessing import StandardScaler

from dross.errors import ParameterError
from dross.one_class import GaussianDensity, KernelDensity, NearestNeighbors, TwoStage
from tests.planted import plant

PLANTED = plant()


class CountingRepresentation(BaseEstimator):
    """A representation of (n, h, w) samples by their row means that counts what it is asked for."""

    def fit(self, X: NDArray[np.float64], y: Any = None) -> Self:
        self.n_transforms_ = 0
        return self

    def transform(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        self.n_transforms_ += 1
        return X.mean(axis=2)


def test_parity_with_the_two_parts_by_hand() -> None:
    representation = PCA(2, random_state=0).fit(PLANTED.X_train)
    by_hand = GaussianDensity(contamination=0.1).fit(representation.transform(PLANTED.X_train))
    fitted = TwoStage(PCA(2, random_state=0), GaussianDensity(), contamination=0.1).fit(PLANTED.X_train)
    expected = by_hand.score_samples(representation.transform(PLANTED.X_test))
    np.testing.assert_array_equal(fitted.score_samples(PLANTED.X_test), expected)
    assert fitted.offset_ == by_hand.offset_


def test_the_training_set_is_transformed_once() -> None:
    X = np.random.default_rng(0).normal(size=(30, 4, 3))
    fitted = TwoStage(CountingRepresentation(), GaussianDensity()).fit(X)
    assert fitted.representation_.n_transforms_ == 1


def test_samples_may_have_any_shape_that_the_representation_takes() -> None:
    X = np.random.default_rng(0).normal(size=(30, 4, 3))
    fitted = TwoStage(CountingRepresentation(), GaussianDensity()).fit(X)
    assert fitted.score_samples(X[:7]).shape == (7,)
    assert not hasattr(fitted, "n_features_in_")


def test_the_given_parts_stay_unfitted() -> None:
    representation, one_class = StandardScaler(), GaussianDensity()
    TwoStage(representation, one_class).fit(PLANTED.X_train)
    assert not hasattr(representation, "mean_")
    assert not hasattr(one_class, "location_")


def test_scaling_in_front_makes_the_scores_blind_to_scale() -> None:
    scale = np.array([1e-3, 1.0, 10.0, 1e6])
    before = TwoStage(StandardScaler(), NearestNeighbors()).fit(PLANTED.X_train).score_samples(PLANTED.X_test)
    fitted = TwoStage(StandardScaler(), NearestNeighbors()).fit(PLANTED.X_train * scale)
    np.testing.assert_allclose(before, fitted.score_samples(PLANTED.X_test * scale), rtol=1e-8)


def test_parameters_of_the_parts_can_be_set_by_name() -> None:
    detector = TwoStage(PCA(2), KernelDensity()).set_params(one_class__bandwidth=0.5, representation__n_components=3)
    assert clone(detector).fit(PLANTED.X_train).one_class_.bandwidths_.tolist() == [0.5, 0.5, 0.5]


def test_wrong_parts_are_told_all_at_once() -> None:
    with pytest.raises(ParameterError) as caught:
        TwoStage(GaussianDensity(), NearestNeighbors, contamination=2).fit(PLANTED.X_train)
    assert str(caught.value) == (
        "3 mistakes:\n"
        "  - contamination is 2; it must be 'auto' or a share in (0, 0.5]\n"
        "  - representation is GaussianDensity(); it must be an unfitted estimator with fit and transform\n"
        "  - one_class is <class 'dross.one_class.nearest_neighbors.NearestNeighbors'>; it must be an unfitted "
        "estimator with fit and score_samples"
    )


def test_scoring_before_fitting_is_refused() -> None:
    with pytest.raises(NotFittedError, match="This TwoStage instance is not fitted yet"):
        TwoStage(PCA(2), GaussianDensity()).score_samples(PLANTED.X_test)
