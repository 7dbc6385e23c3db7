"""Tables with anomalies planted in them: what any detector must rank below the normal samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from dross.detector import AbstractDetector
from dross.scoring import anomaly_scores


@dataclass(frozen=True)
class Planted:
    """A training set whose labels a detector does not see, and a labelled test set."""

    X_train: NDArray[np.float64]
    labels_train: NDArray[np.int64]
    X_test: NDArray[np.float64]
    labels_test: NDArray[np.int64]


def plant(
    *,
    n_train: int = 300,
    n_test: int = 200,
    n_features: int = 4,
    contamination: float = 0.05,
    offset: float = 0.0,
    seed: int = 0,
) -> Planted:
    """Return normal samples from one correlated cloud, and anomalies scattered far around it.

    ``contamination`` is the share of anomalies in the training set; a fifth of the test set is anomalous. ``offset`` is
    added to all values, so that no detector may rely on data around 0.
    """
    rng = np.random.default_rng(seed)
    mixing = np.eye(n_features) + 0.3 * rng.normal(size=(n_features, n_features))

    def draw(n_samples: int, share: float) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        labels = np.zeros(n_samples, dtype=np.int64)
        labels[: round(share * n_samples)] = 1
        rng.shuffle(labels)
        X = rng.normal(size=(n_samples, n_features)) @ mixing
        directions = rng.normal(size=(n_samples, n_features))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        far = directions * rng.uniform(8.0, 12.0, size=(n_samples, 1))
        return np.where(labels[:, None] == 1, far, X) + offset, labels

    return Planted(*draw(n_train, contamination), *draw(n_test, 0.2))


def planted_auroc(detector: AbstractDetector, planted: Planted) -> float:
    """Return the AUROC of a detector, fitted on the training set, on the test set."""
    detector.fit(planted.X_train)
    return float(roc_auc_score(planted.labels_test, anomaly_scores(detector, planted.X_test)))
