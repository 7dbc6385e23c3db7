"""Stand-ins for image detectors, fitted on images with anomalies planted in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dross.refinement.trace import RefinementRound, round_dropped


@dataclass
class StagedFeatures:
    """A representation with stages: the pixels, their means over blocks, and the mean of each channel."""

    def stage_features(self, X: Any) -> dict[str, NDArray[np.float64]]:
        pixels = np.asarray(X, dtype=np.float64) / 255.0
        n, h, w, c = pixels.shape
        blocks = pixels.reshape(n, 4, h // 4, 4, w // 4, c).mean(axis=(2, 4))
        return {
            "input": pixels.reshape(n, -1),
            "stage 1": blocks.reshape(n, -1),
            "constant": np.ones((n, 3)),
            "output": pixels.mean(axis=(1, 2)),
        }


@dataclass
class FittedStandIn:
    """What a refined image detector is once fitted: the farther from the mean image, the more anomalous."""

    mean: NDArray[np.float64]
    inlier_mask_: NDArray[np.bool_]
    votes_: NDArray[np.int64]
    round_dropped_: NDArray[np.int64]
    refinement_trace_: list[RefinementRound]
    offset_: float
    representation_: StagedFeatures = field(default_factory=StagedFeatures)

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        return -np.linalg.norm((np.asarray(X, dtype=np.float64) - self.mean).reshape(len(X), -1), axis=1) / 255.0

    def predict(self, X: Any) -> NDArray[np.int64]:
        return np.where(self.score_samples(X) >= self.offset_, 1, -1)


def fitted_stand_in(X: NDArray[np.uint8], *, rejection: float = 0.1, n_rounds: int = 3) -> FittedStandIn:
    """Return a detector that dropped, in the last round, the ``rejection`` farthest from the mean image."""
    mean = X.mean(axis=0)
    distances = np.linalg.norm((X - mean).reshape(len(X), -1), axis=1)
    trace = []
    for number in range(1, n_rounds + 1):
        limit = np.quantile(distances, 1 - rejection * number / n_rounds)
        votes = np.clip(np.ceil(5 * (distances - limit) / distances.std()), 0, 5).astype(np.int64)
        trace.append(RefinementRound(number, number - 1, votes == 0, votes, np.full(5, limit), rejection))
    last = trace[-1]
    return FittedStandIn(mean, last.kept, last.votes, round_dropped(trace), trace, -float(limit) / 255.0)


def planted_images(n: int = 120, size: int = 8, n_anomalies: int = 12) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return dim noise with bright squares planted in it, and the labels; the anomalies come first."""
    rng = np.random.default_rng(0)
    X = rng.integers(40, 90, size=(n, size, size, 3)).astype(np.uint8)
    X[:n_anomalies, 2:6, 2:6] = rng.integers(180, 255, size=(n_anomalies, 1, 1, 3))
    return X, (np.arange(n) < n_anomalies).astype(np.int64)
