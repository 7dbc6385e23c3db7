"""What is known of a few samples, and what it does to votes and thresholds."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import _safe_indexing

from dross.scoring import ANOMALY, NORMAL, UNKNOWN, check_labels

#: A threshold that is right about all of n known samples counts for as much as n / (n + 4) of all samples staying on
#: their side of it: so few labels move it no further than they must, and wrong ones not far.
AS_GOOD_AS: Final = 4.0


def known_labels(labels: ArrayLike | None, n_samples: int) -> NDArray[np.int64] | None:
    """Return labels that say something, checked, or ``None`` where nothing is known.

    Raises
    ------
    DataError
        If there are not ``n_samples`` of them, or one is not ``0``, ``1`` or ``-1``.

    Examples
    --------
    >>> known_labels([-1, 1, -1], 3).tolist(), known_labels([-1, -1, -1], 3)
    ([-1, 1, -1], None)
    """
    if labels is None:
        return None
    checked = check_labels(labels, n_samples)
    return checked if (checked != UNKNOWN).any() else None


def as_known(kept: NDArray[np.bool_], labels: NDArray[np.int64] | None) -> NDArray[np.bool_]:
    """Return which samples are kept after all: known normal ones are never dropped, and known anomalies never kept.

    Examples
    --------
    >>> as_known(np.array([True, True, False]), np.array([-1, 1, 0])).tolist()
    [True, False, True]
    """
    return kept if labels is None else (kept & (labels != ANOMALY)) | (labels == NORMAL)


def known_anomalies(representation: Any, X: Any, labels: NDArray[np.int64] | None) -> dict[str, Any]:
    """Return the keyword that hands known anomalies to ``train_to`` of a representation that learns from some.

    Parameters
    ----------
    representation : trained representation
        One with an ``anomaly_weight`` above 0 learns from them.
    X : array of shape (n_samples, ...)
        All samples.
    labels : array of shape (n_samples,) or None
        0 normal, 1 an anomaly, -1 not known.

    Examples
    --------
    >>> class Learner:
    ...     anomaly_weight = 1.0
    >>> known_anomalies(Learner(), np.array([5, 6]), np.array([-1, 1])), known_anomalies(object(), [5, 6], None)
    ({'anomalies': array([6])}, {})
    """
    if labels is None or not getattr(representation, "anomaly_weight", 0) or not (labels == ANOMALY).any():
        return {}
    return {"anomalies": _safe_indexing(X, np.flatnonzero(labels == ANOMALY))}


def threshold_by_labels(scores: NDArray[np.float64], threshold: float, labels: NDArray[np.int64] | None) -> float:
    """Return the anomaly score beyond which to reject or to raise an alarm, moved to where known samples say.

    Of the thresholds between known samples, and the one that there is, that is taken which makes the fewest mistakes
    about known samples for the number of samples that change sides: n mistakes of m known samples weigh as much as the
    share n / (m + 4) of all samples.

    Parameters
    ----------
    scores : array of shape (n_samples,)
        Anomaly scores, higher = more anomalous.
    threshold : float
        What it is without labels.
    labels : array of shape (n_samples,) or None
        0 normal, 1 an anomaly, -1 not known; ``None`` leaves the threshold as it is.

    Examples
    --------
    >>> scores = np.arange(100.0)
    >>> labels = np.full(100, -1)
    >>> labels[[10, 20, 93, 95]] = 0, 0, 1, 1
    >>> threshold_by_labels(scores, 97.5, labels)
    92.5
    """
    if labels is None:
        return threshold
    ordered = np.sort(scores)
    anomalies, normals = (np.sort(scores[labels == each]) for each in (ANOMALY, NORMAL))
    known = np.concatenate([anomalies, normals])
    # Just below each known sample and just above it, halfway to the next of all samples.
    places = np.concatenate([np.searchsorted(ordered, known, side) for side in ("left", "right")])
    places = np.unique(places[(places > 0) & (places < len(ordered))])
    candidates = np.concatenate([[threshold], (ordered[places - 1] + ordered[places]) / 2])
    passed = np.searchsorted(anomalies, candidates, "right")
    stopped = len(normals) - np.searchsorted(normals, candidates, "right")
    moved = np.abs(np.searchsorted(ordered, candidates, "right") - np.searchsorted(ordered, threshold, "right"))
    costs = (passed + stopped) / (len(known) + AS_GOOD_AS) + moved / len(ordered)
    return float(candidates[np.argmin(costs)])
