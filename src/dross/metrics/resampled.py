"""Metrics of many resamples of one test set at once: what a bootstrap over test samples is made of."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dross.metrics.checking import checked
from dross.scoring import ANOMALY

#: The metrics that `resampled_metrics` gives.
RESAMPLED = ("auroc", "ap", "accuracy", "balanced_accuracy", "precision", "recall", "f1")


def resampled_metrics(
    labels: ArrayLike, scores: ArrayLike, alarms: ArrayLike, weights: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Return each metric of each resample; NaN where a resample does not define it.

    Parameters
    ----------
    labels : array of shape (n_samples,)
        ``1`` anomaly, ``0`` normal.
    scores : array of shape (n_samples,)
        Anomaly scores, higher = more anomalous.
    alarms : array of shape (n_samples,), bool
        Where the detector raised an alarm.
    weights : array of shape (n_resamples, n_samples)
        How often each resample has each sample, or a multiple of that: of
        `dross.metrics.resampling_weights`.

    Returns
    -------
    dict of str to array of shape (n_resamples,)
        By the names in `RESAMPLED`.

    Examples
    --------
    >>> once = np.ones((1, 4))
    >>> found = resampled_metrics([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8], [False, True, True, True], once)
    >>> {name: round(float(values[0]), 3) for name, values in found.items() if name in ("auroc", "f1", "accuracy")}
    {'auroc': 0.875, 'accuracy': 0.75, 'f1': 0.8}
    """
    y, s = checked(labels, scores)
    anomalous, flagged = y == ANOMALY, np.asarray(alarms, dtype=bool)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "auroc": _auroc(anomalous, s, weights),
            "ap": _average_precision(anomalous, s, weights),
            **_of_alarms(anomalous, flagged, weights),
        }


def _of_alarms(
    anomalous: NDArray[np.bool_], flagged: NDArray[np.bool_], weights: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    def count(kind: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.asarray(weights[:, kind].sum(axis=1))

    hits, misses = count(anomalous & flagged), count(anomalous & ~flagged)
    false_alarms, rejections = count(~anomalous & flagged), count(~anomalous & ~flagged)
    recall, specificity = hits / (hits + misses), rejections / (rejections + false_alarms)
    return {
        "accuracy": (hits + rejections) / weights.sum(axis=1),
        "balanced_accuracy": (recall + specificity) / 2,
        "precision": hits / (hits + false_alarms),
        "recall": recall,
        "f1": np.where(hits + misses > 0, 2 * hits / (2 * hits + misses + false_alarms), np.nan),
    }


def _auroc(
    anomalous: NDArray[np.bool_], scores: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the weighted share of pairs that are in the right order, ties counting half."""
    difference = np.subtract.outer(scores[anomalous], scores[~anomalous])
    right = (np.sign(difference) + 1) / 2
    of_anomalies, of_normals = weights[:, anomalous], weights[:, ~anomalous]
    pairs = of_anomalies.sum(axis=1) * of_normals.sum(axis=1)
    return np.asarray(np.einsum("bj,bj->b", of_anomalies @ right, of_normals) / pairs)


def _average_precision(
    anomalous: NDArray[np.bool_], scores: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the sum of precision times gained recall over the distinct thresholds, from the highest down."""
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), scores.size - 1)
    hits = np.cumsum(weights[:, order] * anomalous[order], axis=1)[:, ends]
    flagged = np.cumsum(weights[:, order], axis=1)[:, ends]
    gained = np.diff(hits, axis=1, prepend=0.0) / hits[:, -1:]
    # Where a resample begins with samples that it does not have, nothing is flagged, and nothing gained.
    return np.asarray(np.where(flagged > 0, gained * hits / np.where(flagged > 0, flagged, 1.0), gained).sum(axis=1))
