"""Kernel density against scikit-learn's and the formula, and its properties."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from scipy.stats import gaussian_kde, norm
from sklearn.neighbors import KernelDensity as SklearnKernelDensity

from dross.one_class import KernelDensity

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 3)) * [1.0, 10.0, 0.1]
NEW = RNG.normal(size=(50, 3)) * [1.0, 10.0, 0.1]


def test_parity_with_scikit_learn_for_a_given_bandwidth() -> None:
    theirs = SklearnKernelDensity(bandwidth=0.7).fit(X).score_samples(NEW)
    np.testing.assert_allclose(KernelDensity(bandwidth=0.7).fit(X).score_samples(NEW), theirs, rtol=1e-9)


def test_parity_with_scikit_learn_on_features_divided_by_their_bandwidths() -> None:
    fitted = KernelDensity().fit(X)
    theirs = SklearnKernelDensity(bandwidth=1.0).fit(X / fitted.bandwidths_).score_samples(NEW / fitted.bandwidths_)
    np.testing.assert_allclose(fitted.score_samples(NEW), theirs - np.log(fitted.bandwidths_).sum(), rtol=1e-9)


@pytest.mark.parametrize("rule", ["scott", "silverman"])
def test_parity_with_scipy_in_one_feature(rule: Literal["scott", "silverman"]) -> None:
    theirs = gaussian_kde(X[:, 0], bw_method=rule).logpdf(NEW[:, 0])
    ours = KernelDensity(bandwidth=rule).fit(X[:, :1]).score_samples(NEW[:, :1])
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)


def test_a_stored_sample_is_scored_as_if_left_out() -> None:
    fitted = KernelDensity(bandwidth=0.7).fit(X)
    without = KernelDensity(bandwidth=0.7).fit(X[1:])
    np.testing.assert_allclose(fitted.score_samples(X[:1]), without.score_samples(X[:1]), rtol=1e-9)


def test_of_two_equal_samples_one_stays() -> None:
    scores = KernelDensity(bandwidth=1.0).fit([[0.0], [0.0], [1e3]]).score_samples([[0.0]])
    assert scores[0] == pytest.approx(norm.logpdf(0.0) - np.log(2.0))


def test_the_threshold_fits_new_samples_in_many_features() -> None:
    # With its own kernel in the sum, a training sample in 30 features would outscore every new one.
    rng = np.random.default_rng(0)
    fitted = KernelDensity(contamination=0.1).fit(rng.normal(size=(500, 30)))
    assert (fitted.predict(rng.normal(size=(500, 30))) == -1).mean() == pytest.approx(0.1, abs=0.05)


def test_a_given_bandwidth_does_not_see_translation_and_rotation() -> None:
    rotation, _ = np.linalg.qr(np.random.default_rng(2).normal(size=(3, 3)))
    before = KernelDensity(bandwidth=0.7).fit(X).score_samples(NEW)
    after = KernelDensity(bandwidth=0.7).fit(X @ rotation + 50.0).score_samples(NEW @ rotation + 50.0)
    np.testing.assert_allclose(before, after, rtol=1e-9)


def test_a_rule_follows_the_scale_of_each_feature() -> None:
    scale = np.array([1e-6, 1.0, 1e6])
    before = KernelDensity().fit(X).score_samples(NEW)
    after = KernelDensity().fit(X * scale).score_samples(NEW * scale)
    np.testing.assert_allclose(before - after, np.full(50, np.log(scale).sum()), atol=1e-9)


def test_far_samples_keep_their_order() -> None:
    fitted = KernelDensity().fit(X)
    scores = fitted.score_samples([[10.0**power, 0.0, 0.0] for power in (1, 3, 50, 100, 140)])
    assert np.isfinite(scores).all()
    assert (np.diff(scores) < 0).all()


def test_a_constant_feature_takes_the_mean_bandwidth_of_the_others() -> None:
    with_constant = np.column_stack([X, np.full(len(X), 0.1)])
    bandwidths = KernelDensity().fit(with_constant).bandwidths_
    assert bandwidths[3] == bandwidths[:3].mean()
    assert KernelDensity().fit(np.full((10, 2), 0.1)).bandwidths_.tolist() == [1.0, 1.0]


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = KernelDensity().fit(X).score_samples(NEW)
    monkeypatch.setattr("dross.one_class.kernel_density._CHUNK_DISTANCES", 7 * len(X))
    np.testing.assert_array_equal(KernelDensity().fit(X).score_samples(NEW), whole)
