"""Gaussian density against scikit-learn's Ledoit-Wolf estimate and SciPy's normal density, and its properties."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import multivariate_normal, spearmanr
from sklearn.covariance import LedoitWolf
from threadpoolctl import threadpool_limits

from dross.one_class import GaussianDensity
from dross.one_class.normal_density import RIDGE, mean_and_scatter, row_chunks


def correlated(n_samples: int, n_features: int, seed: int = 0) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n_samples, n_features)) @ rng.normal(size=(n_features, n_features)) + 5.0


@pytest.mark.parametrize(("n_samples", "n_features"), [(500, 6), (20, 60), (30, 1), (40_000, 12), (2, 3)])
def test_parity_with_scikit_learns_ledoit_wolf(n_samples: int, n_features: int) -> None:
    X = correlated(n_samples, n_features)
    ours, theirs = GaussianDensity().fit(X), LedoitWolf().fit(X)
    assert ours.shrinkage_ == pytest.approx(theirs.shrinkage_, rel=1e-9, abs=1e-12)
    scale = np.abs(theirs.covariance_).max()
    np.testing.assert_allclose(ours.location_, theirs.location_, rtol=1e-12)
    np.testing.assert_allclose(ours.covariance_, theirs.covariance_, rtol=1e-9, atol=1e-12 * scale)


def test_distances_are_scikit_learns() -> None:
    X = correlated(500, 6)
    ours, theirs = GaussianDensity().fit(X).score_samples(X), LedoitWolf().fit(X).mahalanobis(X)
    constant = ours + 0.5 * theirs
    np.testing.assert_allclose(constant, constant[0], rtol=1e-7)


@pytest.mark.parametrize("shrinkage", ["ledoit-wolf", "none"])
def test_scores_are_the_normal_log_density(shrinkage: str) -> None:
    X, new = correlated(300, 5), correlated(100, 5, seed=1)
    fitted = GaussianDensity(shrinkage=shrinkage).fit(X)  # type: ignore[arg-type]
    expected = multivariate_normal(fitted.location_, fitted.covariance_).logpdf(new)
    np.testing.assert_allclose(fitted.score_samples(new), expected, rtol=1e-6)


def test_without_shrinkage_the_covariance_is_the_empirical_one() -> None:
    X = correlated(300, 5)
    fitted = GaussianDensity(shrinkage="none").fit(X)
    np.testing.assert_allclose(fitted.covariance_, np.cov(X.T, bias=True), rtol=1e-12)
    assert fitted.shrinkage_ == 0.0


def test_without_shrinkage_the_order_does_not_change_under_affine_maps() -> None:
    X, new = np.random.default_rng(0).normal(size=(300, 5)), np.random.default_rng(1).normal(size=(100, 5))
    mapping = np.random.default_rng(2).normal(size=(5, 5))
    before = GaussianDensity(shrinkage="none").fit(X).score_samples(new)
    after = GaussianDensity(shrinkage="none").fit(X @ mapping + 100.0).score_samples(new @ mapping + 100.0)
    np.testing.assert_allclose(before - after, np.full(100, np.log(abs(np.linalg.det(mapping)))), rtol=1e-5)


def test_with_shrinkage_the_scores_do_not_change_under_rotation() -> None:
    X, new = correlated(50, 5), correlated(100, 5, seed=1)
    rotation, _ = np.linalg.qr(np.random.default_rng(2).normal(size=(5, 5)))
    before = GaussianDensity().fit(X).score_samples(new)
    np.testing.assert_allclose(before, GaussianDensity().fit(X @ rotation).score_samples(new @ rotation), rtol=1e-7)


def test_chunks_change_nothing() -> None:
    X = correlated(30_000, 8)
    assert len(list(row_chunks(*X.shape))) > 1
    mean, scatter, fourth = mean_and_scatter(X)
    centred = X - X.mean(axis=0)
    np.testing.assert_allclose(mean, X.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(scatter, centred.T @ centred, rtol=1e-9, atol=1e-9 * np.abs(scatter).max())
    assert fourth == pytest.approx(float((np.sum(centred**2, axis=1) ** 2).sum()), rel=1e-10)


def test_sorted_samples_cost_no_digits() -> None:
    # The sums are first taken around the mean of the first chunk, which here is far from that of all.
    X = np.sort(correlated(60_000, 4), axis=0)
    theirs = LedoitWolf().fit(X)
    ours = GaussianDensity().fit(X)
    assert ours.shrinkage_ == pytest.approx(theirs.shrinkage_, rel=1e-8)
    np.testing.assert_allclose(ours.covariance_, theirs.covariance_, rtol=1e-9)


@pytest.mark.parametrize("offset", [1e6, 1e10])
def test_a_large_offset_costs_few_digits(offset: float) -> None:
    X = np.random.default_rng(0).normal(size=(1000, 4))
    moved = X + offset  # rounded to multiples of about 1e-16 of the offset
    centred = GaussianDensity().fit(moved - offset).score_samples(moved - offset)
    np.testing.assert_allclose(GaussianDensity().fit(moved).score_samples(moved), centred, rtol=1e-14 * offset)


@pytest.mark.parametrize("offset", [0.0, 30.0, 1e4])
def test_single_precision_keeps_values_and_order(offset: float) -> None:
    X = (correlated(20_000, 16) + offset).astype(np.float32)
    single = GaussianDensity().fit(X).score_samples(X)
    double = GaussianDensity().fit(X.astype(np.float64)).score_samples(X.astype(np.float64))
    np.testing.assert_allclose(single, double, rtol=1e-4)
    assert spearmanr(single, double).statistic > 1 - 1e-8
    worst = 2000
    assert len(set(np.argsort(single)[:worst]) ^ set(np.argsort(double)[:worst])) <= 2


def test_collinear_single_precision_is_raised_to_double() -> None:
    rng = np.random.default_rng(0)
    first = rng.normal(size=(1000, 1))
    X = np.hstack([first, first + 1e-3 * rng.normal(size=(1000, 1))]).astype(np.float32)
    fitted = GaussianDensity(shrinkage="none").fit(X)
    assert fitted.amplification_ > 100.0
    np.testing.assert_array_equal(fitted.score_samples(X), fitted.score_samples(X.astype(np.float64)))


def test_a_direction_that_never_varied_weighs_by_the_ridge() -> None:
    rng = np.random.default_rng(0)
    first = rng.normal(size=(1000, 1))
    fitted = GaussianDensity(shrinkage="none").fit(np.hstack([first, first]))
    # The correlation matrix [[1 + r, 1], [1, 1 + r]] has the eigenvalue r along (1, -1).
    at, off = fitted.location_, fitted.location_ + [1.0, -1.0] * np.sqrt(np.diag(fitted.covariance_))
    fall = np.diff(fitted.score_samples([off, at]))[0]
    assert fall == pytest.approx(0.5 * 2.0 / RIDGE, rel=1e-4)


def test_the_number_of_threads_changes_no_score() -> None:
    X = correlated(100_000, 32)
    fitted = GaussianDensity().fit(X)
    with threadpool_limits(1, user_api="blas"):
        alone = fitted.score_samples(X)
    with threadpool_limits(3, user_api="blas"):
        shared = fitted.score_samples(X)
    np.testing.assert_array_equal(alone, shared)
