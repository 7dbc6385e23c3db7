"""Reconstruction from principal components, against NumPy's singular value decomposition."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dross.errors import ParameterError
from dross.reconstruction import PCAReconstruction


def near_a_plane(n: int, d: int, seed: int = 0) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 3)) @ rng.normal(size=(3, d)) + 0.1 * rng.normal(size=(n, d)) + 5.0


def by_singular_values(train: NDArray[Any], test: NDArray[Any], n_components: int) -> NDArray[np.float64]:
    """Return the mean squared error of the reconstruction from the leading right singular vectors."""
    mean = train.mean(axis=0)
    _, _, axes = np.linalg.svd(train - mean, full_matrices=False)
    axes = axes[:n_components]
    return np.asarray(np.square((test - mean) - (test - mean) @ axes.T @ axes).mean(axis=1))


@pytest.mark.parametrize(("n", "d", "n_components"), [(60, 8, 3), (60, 8, 1), (12, 40, 5), (12, 40, 11), (300, 4, 2)])
def test_the_score_is_minus_the_error_that_numpy_finds(n: int, d: int, n_components: int) -> None:
    train, test = near_a_plane(n, d), near_a_plane(50, d, seed=1)
    scores = PCAReconstruction(n_components=n_components).fit(train).score_samples(test)
    np.testing.assert_allclose(-scores, by_singular_values(train, test, n_components), rtol=1e-8)


def test_large_sets_are_decomposed_at_random_and_come_out_the_same() -> None:
    train, test = near_a_plane(60, 520), near_a_plane(5, 520, seed=1)
    scores = PCAReconstruction(n_components=3, random_state=0).fit(train).score_samples(test)
    np.testing.assert_allclose(-scores, by_singular_values(train, test, 3), rtol=1e-4)


def test_more_components_than_the_samples_span_reconstruct_the_training_set() -> None:
    train = near_a_plane(6, 20)
    fitted = PCAReconstruction(n_components=50).fit(train)
    assert fitted.components_.shape == (5, 20)
    assert np.abs(fitted.score_samples(train)).max() < 1e-24
    assert fitted.score_samples(train[:1] + 1.0)[0] < -1e-3


def test_axes_are_orthonormal_and_the_mean_is_the_mean() -> None:
    train = near_a_plane(60, 8)
    fitted = PCAReconstruction(n_components=4).fit(train)
    np.testing.assert_allclose(fitted.components_ @ fitted.components_.T, np.eye(4), atol=1e-12)
    np.testing.assert_allclose(fitted.mean_, train.mean(axis=0), rtol=1e-12)


def test_scores_stay_where_everything_lies_far_from_the_origin() -> None:
    train, test = near_a_plane(60, 8), near_a_plane(20, 8, seed=1)
    near = PCAReconstruction(n_components=3).fit(train).score_samples(test)
    far = PCAReconstruction(n_components=3).fit(train + 1e6).score_samples(test + 1e6)
    np.testing.assert_allclose(far, near, rtol=1e-4)


def test_a_point_in_the_plane_is_reconstructed_however_far_out_it_lies() -> None:
    train = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
    fitted = PCAReconstruction(n_components=1).fit(train)
    assert fitted.score_samples([[500.0, 500.0]])[0] == pytest.approx(0, abs=1e-18)
    assert fitted.score_samples([[1.0, 3.0]])[0] == pytest.approx(-1.0)


def test_samples_that_are_all_alike_are_reconstructed() -> None:
    fitted = PCAReconstruction(n_components=2).fit(np.full((5, 3), 7.0))
    np.testing.assert_allclose(fitted.score_samples([[7.0, 7.0, 7.0]]), 0.0, atol=1e-18)
    assert fitted.predict([[7.0, 7.0, 7.0]]).tolist() == [1]


def test_wrong_parameters_are_told() -> None:
    with pytest.raises(ParameterError) as caught:
        PCAReconstruction(n_components=0, contamination=0.9).fit(np.zeros((3, 2)))
    assert str(caught.value) == (
        "2 mistakes:\n"
        "  - n_components is 0; it must be a whole number of at least 1\n"
        "  - contamination is 0.9; it must be 'auto' or a share in (0, 0.5]"
    )
