"""What one run leaves for the plots: ROC and precision-recall curves on a fixed grid, and a histogram of the scores.

A fixed grid lets curves of many seeds be averaged without keeping the scores.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dross.metrics import undefined_reason
from dross.scoring import ANOMALY, NORMAL

#: Points of a curve: 0, 0.01, ..., 1.
GRID = np.linspace(0.0, 1.0, 101)

#: Bars of a histogram.
N_BINS = 40


def score_curves(labels: NDArray[np.int64], scores: NDArray[np.float64]) -> dict[str, Any]:
    """Return the plain dict of curves and histogram of one test set; the curves are left out where undefined.

    Parameters
    ----------
    labels : array of shape (n_samples,)
        ``1`` anomaly, ``0`` normal.
    scores : array of shape (n_samples,)
        Anomaly scores, higher = more anomalous.

    Returns
    -------
    dict
        ``roc`` (``fpr``, ``tpr``), ``pr`` (``recall``, ``precision``), ``histogram`` (``edges``, ``normal``,
        ``anomaly``: counts).

    Examples
    --------
    >>> curves = score_curves(np.array([0, 0, 1]), np.array([0.1, 0.2, 0.9]))
    >>> curves["roc"]["tpr"][0], curves["pr"]["precision"][-1], sum(curves["histogram"]["normal"])
    (1.0, 1.0, 2)
    """
    curves: dict[str, Any] = {"histogram": _histogram(labels, scores)}
    if undefined_reason(labels) is None:
        false_rate, true_rate, precision = _operating_points(labels, scores)
        curves["roc"] = {"fpr": _rounded(GRID), "tpr": _rounded(_roc_on_grid(false_rate, true_rate))}
        # At each recall: the precision of the shortest list that reaches it. Nothing is interpolated, because a
        # straight line between two points of a precision-recall curve promises more than any threshold gives.
        first = np.searchsorted(true_rate, GRID - 1e-12)
        curves["pr"] = {"recall": _rounded(GRID), "precision": _rounded(precision[first])}
    return curves


def _operating_points(
    labels: NDArray[np.int64], scores: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return false positive rate, recall and precision at each distinct threshold, from the highest down."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(labels[order] == ANOMALY)
    ends = np.append(np.flatnonzero(np.diff(scores[order])), scores.size - 1)
    hits, flagged = hits[ends], ends + 1
    return (flagged - hits) / (scores.size - hits[-1]), hits / hits[-1], hits / flagged


def _roc_on_grid(false_rate: NDArray[np.float64], true_rate: NDArray[np.float64]) -> NDArray[np.float64]:
    # Where several recalls share one false positive rate the curve is vertical there: the grid takes the top of it.
    top = np.append(np.flatnonzero(np.diff(false_rate)), false_rate.size - 1)
    x, y = false_rate[top], true_rate[top]
    if x[0] > 0:
        x, y = np.insert(x, 0, 0.0), np.insert(y, 0, 0.0)
    return np.interp(GRID, x, y)


def _histogram(labels: NDArray[np.int64], scores: NDArray[np.float64]) -> dict[str, list[float] | list[int]]:
    """Return counts in bins from the lowest score to where both classes have their mass; the last bin holds the rest.

    Distances have long tails: bins up to the highest score would put nearly everything into the first bar. Nor may the
    anomalies decide alone where the bins end, since a refined detector puts them a hundred times further out than the
    normals: bins end fifteen interquartile ranges beyond the normals at the latest.
    """
    tails = [
        np.quantile(scores[labels == label], share)
        for label, share in ((NORMAL, 0.995), (ANOMALY, 0.9))
        if (labels == label).any()
    ]
    low, middle, upper = np.quantile(scores[labels == NORMAL] if (labels == NORMAL).any() else scores, [0, 0.25, 0.75])
    low = float(min(low, scores.min()))
    high = float(min(max(tails), upper + 15 * (upper - middle)) if upper > middle else max(tails))
    edges = np.linspace(low, high if high > low else low + 1.0, N_BINS + 1)
    within = np.minimum(scores, edges[-1])
    return {
        "edges": [float(f"{edge:.6g}") for edge in edges],
        "normal": np.histogram(within[labels == NORMAL], edges)[0].tolist(),
        "anomaly": np.histogram(within[labels == ANOMALY], edges)[0].tolist(),
    }


def _rounded(values: NDArray[np.float64]) -> list[float]:
    return [round(float(value), 4) for value in values]
