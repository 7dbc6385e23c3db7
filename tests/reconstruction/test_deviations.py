"""Errors and codes in one score: on one scale, good where anomalies are of two kinds, and never mixed up."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from dross.errors import ModelError
from dross.evaluation.fitted_record import reconstruction_errors
from dross.metrics import auroc
from dross.reconstruction import DecodedNoiseClassifier, FullyConnectedAutoencoder
from dross.reconstruction.deviations import in_deviations, means_and_spreads


def rows(n: int, seed: int) -> NDArray[np.float64]:
    """Return rows on a line, with a little noise beside it."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 1)) * [1.0, 2.0, -1.0, 0.5] + rng.normal(0, 0.1, size=(n, 4))


#: Beside the line, and far along it.
BESIDE = rows(50, 1) + np.array([0.0, 0.0, 1.0, 0.0])
FAR = rows(50, 2) + 6.0 * np.array([1.0, 2.0, -1.0, 0.5])


@cache
def fitted(score_by: Any) -> Any:
    return FullyConnectedAutoencoder(
        hidden=(8,), n_code=1, score_by=score_by, max_epochs=40, batch_size=32, learning_rate=0.01, device="cpu",
        random_state=0,
    ).fit(rows(400, 0))  # fmt: skip


def anomaly_scores(score_by: str, X: NDArray[np.float64]) -> NDArray[np.float64]:
    scores: NDArray[np.float64] = -fitted(score_by).score_samples(X)
    return scores


def test_the_score_is_the_sum_of_both_in_deviations_over_the_training_set() -> None:
    expected = np.zeros(50)
    for part in ("squared", "mahalanobis"):
        train = anomaly_scores(part, rows(400, 0))
        expected += (anomaly_scores(part, BESIDE) - train.mean()) / train.std()
    np.testing.assert_allclose(anomaly_scores("squared+mahalanobis", BESIDE), expected, rtol=1e-9)


@pytest.mark.parametrize("kind", [BESIDE, FAR], ids=["beside", "far"])
def test_it_ranks_both_kinds_of_anomalies(kind: NDArray[np.float64]) -> None:
    labels = np.repeat([0, 1], [200, 50])
    value = auroc(labels, anomaly_scores("squared+mahalanobis", np.concatenate([rows(200, 3), kind])))
    assert value is not None
    assert value > 0.95


def test_a_part_that_is_always_the_same_does_not_divide_by_zero() -> None:
    scale = means_and_spreads(np.array([[0.1, 1.0], [0.1, 3.0], [0.1, 5.0]]))
    found = in_deviations(torch.tensor([[0.1, 3.0], [0.4, 3.0]], dtype=torch.float64), scale)
    np.testing.assert_allclose(found, [[0.0, 0.0], [0.3, 0.0]], atol=1e-12)


def test_a_score_that_was_not_learned_is_refused() -> None:
    detector = FullyConnectedAutoencoder(hidden=(8,), n_code=1, max_epochs=1, device="cpu", random_state=0)
    detector.fit(rows(50, 0)).set_params(score_by="squared+mahalanobis")
    with pytest.raises(ModelError) as caught:
        detector.score_samples(BESIDE)
    assert str(caught.value) == (
        "score_by is 'squared+mahalanobis' now and was another when the detector was fitted: fit it anew"
    )


def test_mean_errors_are_recorded_of_scores_that_are_errors_alone() -> None:
    labels = np.array([0, 1])
    for detector, recorded in (
        (fitted("squared"), True),
        (fitted("mahalanobis"), False),
        (fitted("squared+mahalanobis"), False),
        (DecodedNoiseClassifier(score_by="squared"), False),
    ):
        assert bool(reconstruction_errors(detector, labels, np.array([0.1, 0.9]))) is recorded
