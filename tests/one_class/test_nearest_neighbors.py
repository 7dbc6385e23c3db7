"""Nearest neighbours against the formula by brute force, and its properties."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from dross.one_class import NearestNeighbors

RNG = np.random.default_rng(0)


def by_brute_force(X: NDArray[np.float64], new: NDArray[np.float64], n_neighbors: int) -> NDArray[np.float64]:
    scores = []
    for row in cdist(new, X):
        distances = np.sort(row)
        if distances[0] == 0.0:
            distances = distances[1:]
        scores.append(-distances[:n_neighbors].mean())
    return np.array(scores)


# 40 features are searched by brute force inside scikit-learn, 3 by a tree.
@pytest.mark.parametrize("n_features", [1, 3, 40])
@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_parity_with_the_formula_on_new_and_stored_samples(n_features: int, offset: float) -> None:
    X = RNG.normal(size=(150, n_features)) + offset
    new = np.concatenate([RNG.normal(size=(50, n_features)) + offset, X])
    scores = NearestNeighbors(n_neighbors=4).fit(X).score_samples(new)
    np.testing.assert_allclose(scores, by_brute_force(X, new, 4), rtol=1e-8)


def test_a_stored_sample_is_scored_as_if_left_out() -> None:
    X = RNG.normal(size=(100, 20))
    fitted, without = NearestNeighbors().fit(X), NearestNeighbors().fit(X[1:])
    np.testing.assert_allclose(fitted.score_samples(X[:1]), without.score_samples(X[:1]), rtol=1e-10)


def test_of_equal_samples_only_one_is_left_out() -> None:
    X = np.array([[0.0], [0.0], [0.0], [5.0], [6.0]])
    assert NearestNeighbors(n_neighbors=2).fit(X).score_samples([[0.0], [5.0]]).tolist() == [0.0, -3.0]


def test_translation_and_rotation_change_nothing() -> None:
    X, new = RNG.normal(size=(100, 5)), RNG.normal(size=(50, 5))
    rotation, _ = np.linalg.qr(RNG.normal(size=(5, 5)))
    before = NearestNeighbors().fit(X).score_samples(new)
    after = NearestNeighbors().fit(X @ rotation + 10.0).score_samples(new @ rotation + 10.0)
    np.testing.assert_allclose(before, after, rtol=1e-9)


def test_the_threshold_fits_new_samples() -> None:
    # Training samples that counted themselves as neighbours would look too normal, and new ones too anomalous.
    fitted = NearestNeighbors(n_neighbors=1, contamination=0.1).fit(RNG.normal(size=(500, 20)))
    assert (fitted.predict(RNG.normal(size=(1000, 20))) == -1).mean() == pytest.approx(0.1, abs=0.04)


def test_all_neighbours_are_used_where_there_are_just_enough() -> None:
    X = np.array([[0.0], [1.0], [3.0]])
    assert NearestNeighbors(n_neighbors=2).fit(X).score_samples(X).tolist() == [-2.0, -1.5, -2.5]
