"""Robust Gaussian against scikit-learn's MinCovDet, its robustness, and where the estimate is not possible."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.covariance import LedoitWolf, MinCovDet

from dross.one_class import GaussianDensity, RobustGaussian
from tests.planted import plant


def test_parity_with_scikit_learns_mcd() -> None:
    planted = plant()
    fitted = RobustGaussian(random_state=0).fit(planted.X_train)
    theirs = MinCovDet(random_state=0).fit(planted.X_train)
    assert fitted.robust_
    np.testing.assert_allclose(fitted.location_, theirs.location_, rtol=1e-9)
    expected = multivariate_normal(theirs.location_, theirs.covariance_).logpdf(planted.X_test)
    np.testing.assert_allclose(fitted.score_samples(planted.X_test), expected, rtol=1e-6)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_the_scale_of_features_changes_no_score(scale: float) -> None:
    planted = plant()
    scales = np.array([1.0, scale, scale, 10.0])
    before = RobustGaussian(random_state=0).fit(planted.X_train).score_samples(planted.X_test)
    fitted = RobustGaussian(random_state=0).fit(planted.X_train * scales)
    assert fitted.robust_
    after = fitted.score_samples(planted.X_test * scales)
    np.testing.assert_allclose(before - after, np.log(scales).sum(), atol=1e-6)


def test_three_tenths_of_clustered_anomalies_do_not_move_it() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 3))
    X[:150] = 20.0 + rng.normal(size=(150, 3))
    assert np.abs(RobustGaussian(random_state=0).fit(X).location_).max() < 0.3
    assert np.abs(GaussianDensity().fit(X).location_).max() > 5.0


def test_fewer_than_two_samples_a_feature_are_estimated_by_ledoit_wolf() -> None:
    X = np.random.default_rng(0).normal(size=(19, 10))
    fitted = RobustGaussian(random_state=0).fit(X)
    assert not fitted.robust_
    np.testing.assert_allclose(fitted.covariance_, LedoitWolf().fit(X).covariance_, rtol=1e-9)
    assert RobustGaussian(random_state=0).fit(np.vstack([X, X[:1] + 0.5])).robust_


def test_mostly_equal_samples_are_estimated_by_ledoit_wolf() -> None:
    X = np.zeros((100, 2))
    X[:20] = np.random.default_rng(0).normal(size=(20, 2))
    fitted = RobustGaussian(random_state=0).fit(X)
    assert not fitted.robust_
    assert fitted.predict([[0.0, 0.0]]).tolist() == [1]


def test_a_feature_that_is_mostly_one_value_keeps_the_estimate_sound() -> None:
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=200), rng.normal(size=200), (np.arange(200) % 20 == 0).astype(float)])
    fitted = RobustGaussian(random_state=0).fit(X)
    scores = fitted.score_samples(X)
    assert np.isfinite(scores).all()
    assert scores[X[:, 2] == 1].max() < scores[X[:, 2] == 0].min()


def test_the_share_to_fit_on_can_be_chosen() -> None:
    planted = plant()
    narrow = RobustGaussian(random_state=0).fit(planted.X_train)
    wide = RobustGaussian(support_fraction=1.0, random_state=0).fit(planted.X_train)
    assert wide.log_determinant_ > narrow.log_determinant_
