"""K-means distance against scikit-learn's k-means, and its properties."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans

from dross.one_class import KMeansDistance

RNG = np.random.default_rng(0)
CENTRES = np.array([[0.0, 0.0], [50.0, 0.0], [0.0, 50.0]])
X = np.concatenate([centre + RNG.normal(size=(60, 2)) for centre in CENTRES])
NEW = RNG.uniform(-10, 60, size=(100, 2))


def test_parity_with_scikit_learn() -> None:
    theirs = KMeans(3, n_init=1, random_state=0).fit(X - X[0])
    ours = KMeansDistance(n_clusters=3, random_state=0).fit(X)
    expected = -theirs.transform(NEW - X[0]).min(axis=1)
    np.testing.assert_allclose(ours.score_samples(NEW), expected, rtol=1e-9)


def test_the_centres_of_separate_clusters_are_found() -> None:
    centres = KMeansDistance(n_clusters=3, random_state=0).fit(X).centres_
    nearest = np.linalg.norm(centres[:, None] - CENTRES, axis=2).min(axis=0)
    assert nearest.max() < 0.5


def test_one_cluster_scores_by_the_distance_to_the_mean() -> None:
    scores = KMeansDistance(n_clusters=1, random_state=0).fit(X).score_samples(NEW)
    np.testing.assert_allclose(scores, -np.linalg.norm(NEW - X.mean(axis=0), axis=1), rtol=1e-9)


@pytest.mark.parametrize("offset", [1.0, 1e6])
def test_translation_and_rotation_change_nothing(offset: float) -> None:
    rotation, _ = np.linalg.qr(np.random.default_rng(2).normal(size=(2, 2)))
    before = KMeansDistance(n_clusters=3, random_state=0).fit(X).score_samples(NEW)
    fitted = KMeansDistance(n_clusters=3, random_state=0).fit(X @ rotation + offset)
    np.testing.assert_allclose(before, fitted.score_samples(NEW @ rotation + offset), rtol=1e-8, atol=1e-8)


def test_fewer_distinct_samples_than_clusters_are_all_centres() -> None:
    few = np.repeat([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]], 20, axis=0)
    fitted = KMeansDistance(n_clusters=5, random_state=0).fit(few)
    assert len(fitted.centres_) == 3
    np.testing.assert_allclose(fitted.score_samples(few), 0.0, atol=1e-12)


def test_distinct_samples_are_counted_past_a_block_of_equal_ones() -> None:
    sample = np.concatenate([np.zeros((100, 1)), np.arange(8.0).reshape(-1, 1)])
    assert len(KMeansDistance(n_clusters=8, random_state=0).fit(sample).centres_) == 8
