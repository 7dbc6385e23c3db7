"""What all one-class classifiers share: validation, errors, samples and features at their limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone

from dross.errors import DataError, ParameterError
from dross.one_class import (
    AbstractOneClass,
    GaussianDensity,
    IsolationForest,
    KernelDensity,
    KMeansDistance,
    NearestNeighbors,
    OneClassSVM,
    RobustGaussian,
)

ALL = [
    GaussianDensity(),
    GaussianDensity(shrinkage="none"),
    RobustGaussian(random_state=0),
    KernelDensity(),
    OneClassSVM(),
    OneClassSVM(exact_below=0, random_state=0),
    KMeansDistance(n_clusters=2, random_state=0),
    NearestNeighbors(n_neighbors=3),
    IsolationForest(n_estimators=10, random_state=0),
]
each = pytest.mark.parametrize("detector", ALL, ids=lambda detector: repr(detector)[:50])
RNG = np.random.default_rng(0)
DEGENERATE = {
    "fewer samples than features": RNG.normal(size=(10, 40)),
    "one feature": RNG.normal(size=(50, 1)),
    "a constant feature": np.column_stack([RNG.normal(size=50), np.full(50, 3.7)]),
    "nothing varies": np.full((20, 3), 0.1),
    "mostly one value": np.vstack([np.zeros((45, 3)), RNG.normal(size=(5, 3))]),
    "each row ten times": np.repeat(RNG.normal(size=(5, 3)), 10, axis=0),
    "a feature twice": np.repeat(RNG.normal(size=(50, 1)), 2, axis=1),
    "scales far apart": RNG.normal(size=(50, 3)) * [1e-9, 1.0, 1e9],
    "a large offset": RNG.normal(size=(50, 3)) + 1e8,
    "two samples too few for the rest": RNG.normal(size=(4, 2)),
}


@each
@pytest.mark.parametrize("case", DEGENERATE)
def test_degenerate_training_sets_give_finite_scores(detector: AbstractOneClass, case: str) -> None:
    X = DEGENERATE[case]
    fitted = clone(detector).fit(X)
    far = X.mean(axis=0, keepdims=True) + 1000.0 * np.maximum(np.abs(X).max(axis=0), 1.0)
    scores = fitted.score_samples(np.concatenate([X, far]))
    assert np.isfinite(scores).all()
    assert np.isfinite(fitted.offset_)
    # A tree cannot tell how far away a sample is, only how soon it is alone: others may be alone as soon.
    typical = np.median(scores[:-1]) if isinstance(detector, IsolationForest) else scores[:-1].min()
    assert scores[-1] <= typical


@pytest.mark.parametrize(
    "detector",
    [d for d in ALL if not isinstance(d, (IsolationForest, OneClassSVM))],
    ids=lambda detector: repr(detector)[:50],
)
def test_what_departs_from_a_constant_feature_is_anomalous(detector: AbstractOneClass) -> None:
    X = np.column_stack([np.random.default_rng(0).normal(size=100), np.full(100, 3.7)])
    fitted = clone(detector).fit(X)
    assert fitted.predict([[0.0, 3.7], [0.0, 13.7]]).tolist() == [1, -1]


@each
def test_single_precision_gives_the_scores_of_double_precision(detector: AbstractOneClass) -> None:
    X = np.random.default_rng(0).normal(size=(200, 5)).astype(np.float32)
    single, double = clone(detector).fit(X), clone(detector).fit(X.astype(np.float64))
    scores = single.score_samples(X)
    assert scores.dtype == np.float64
    np.testing.assert_allclose(scores, double.score_samples(X.astype(np.float64)), rtol=1e-5)


@each
def test_one_sample_is_too_few(detector: AbstractOneClass) -> None:
    name = type(detector).__name__
    least, remedy = detector._least_samples()
    with pytest.raises(DataError) as caught:
        clone(detector).fit([[1.0, 2.0]])
    assert str(caught.value) == f"{name} needs at least {least} samples to fit, found 1 sample: {remedy}"


@pytest.mark.parametrize(
    ("detector", "message"),
    [
        (
            NearestNeighbors(),
            "NearestNeighbors needs at least 6 samples to fit, found 4 samples: give it more samples, or lower "
            "n_neighbors",
        ),
        (
            KMeansDistance(),
            "KMeansDistance needs at least 8 samples to fit, found 4 samples: give it more samples, or lower "
            "n_clusters",
        ),
    ],
)
def test_too_few_samples_for_the_parameters(detector: AbstractOneClass, message: str) -> None:
    with pytest.raises(DataError) as caught:
        detector.fit(np.random.default_rng(0).normal(size=(4, 2)))
    assert str(caught.value) == message


def test_values_that_cannot_be_squared_are_refused() -> None:
    with pytest.raises(DataError) as caught:
        GaussianDensity().fit([[0.0, 1.0], [1.0, -1e200]])
    assert str(caught.value) == (
        "feature 1 holds values up to 1e+200, which overflow when squared: scale the features (at most 1e+100) "
        "before fitting"
    )


WRONG: list[tuple[AbstractOneClass, str]] = [
    (
        GaussianDensity(shrinkage="ledoit-wolff"),  # type: ignore[arg-type]
        "shrinkage is 'ledoit-wolff'; it must be 'ledoit-wolf' or 'none'; did you mean 'ledoit-wolf'?",
    ),
    (RobustGaussian(support_fraction=1.5), "support_fraction is 1.5; it must be a share in (0, 1]"),
    (KernelDensity(bandwidth=-1.0), "bandwidth is -1.0; it must be 'scott', 'silverman' or a positive number"),
    (
        KernelDensity(bandwidth="scot"),  # type: ignore[arg-type]
        "bandwidth is 'scot'; it must be 'scott', 'silverman' or a positive number; did you mean 'scott'?",
    ),
    (KMeansDistance(n_clusters=0), "n_clusters is 0; it must be a whole number of at least 1"),
    (NearestNeighbors(n_neighbors=True), "n_neighbors is True; it must be a whole number of at least 1"),
    (IsolationForest(max_samples=1), "max_samples is 1; it must be a whole number of at least 2"),
    (GaussianDensity(contamination=0.6), "contamination is 0.6; it must be 'auto' or a share in (0, 0.5]"),
    (
        OneClassSVM(nu=0.0, gamma=float("nan"), exact_below=-1, n_components=0, contamination=0.0),
        "5 mistakes:\n"
        "  - nu is 0.0; it must be a share in (0, 1]\n"
        "  - gamma is nan; it must be 'scale' or a positive number\n"
        "  - exact_below is -1; it must be a whole number of at least 0\n"
        "  - n_components is 0; it must be a whole number of at least 1\n"
        "  - contamination is 0.0; it must be 'auto' or a share in (0, 0.5]",
    ),
    (
        IsolationForest(n_estimators=2.5, contamination="otto"),  # type: ignore[arg-type]
        "2 mistakes:\n"
        "  - n_estimators is 2.5; it must be a whole number of at least 1\n"
        "  - contamination is 'otto'; it must be 'auto' or a share in (0, 0.5]",
    ),
]


@pytest.mark.parametrize(("detector", "message"), WRONG, ids=[message[:25] for _, message in WRONG])
def test_wrong_parameters_are_told_all_at_once(detector: AbstractOneClass, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        detector.fit(np.zeros((20, 2)))
    assert str(caught.value) == message


@pytest.mark.parametrize("number", [np.int64(3), np.int32(3), 3])
def test_numpy_numbers_are_numbers(number: Any) -> None:
    X = np.random.default_rng(0).normal(size=(20, 2))
    assert NearestNeighbors(n_neighbors=number, contamination=np.float32(0.25)).fit(X).offset_ < 0  # type: ignore[arg-type]
