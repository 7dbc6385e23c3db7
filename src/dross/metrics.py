"""Metrics of anomaly detection: pure functions of labels (1 anomaly, 0 normal) and anomaly scores.

Scores are higher for more anomalous samples. A metric that is not defined, such as the AUROC of a test set without
anomalies, is ``None`` and never a number that looks like one; `undefined_reason` says why.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dross.errors import DataError
from dross.scoring import ANOMALY, NORMAL, flipped

#: Below this difference of AUROC between oracle and blind there is nothing to recover, and `recovery` is undefined.
SMALLEST_GAP = 0.02

#: How many bootstrap resamples make an interval.
N_RESAMPLES = 2000


class AlarmMetrics(NamedTuple):
    """Precision, recall and F1 of alarms; ``None`` where undefined."""

    precision: float | None
    recall: float | None
    f1: float | None


def undefined_reason(labels: ArrayLike) -> str | None:
    """Return why ranking metrics are undefined for these labels, or ``None`` when they are defined.

    Examples
    --------
    >>> undefined_reason([0, 0, 0])
    'the test set has no anomalies'
    >>> undefined_reason([0, 1]) is None
    True
    """
    array = np.asarray(labels)
    if array.size == 0:
        return "the test set is empty"
    if not (array == ANOMALY).any():
        return "the test set has no anomalies"
    if not (array == NORMAL).any():
        return "the test set has no normal samples"
    return None


def auroc(labels: ArrayLike, scores: ArrayLike) -> float | None:
    """Return the area under the ROC curve: how often an anomaly scores above a normal sample, ties counting half.

    Use it to compare rankings across tables: it does not change with the share of anomalies in the test set. It says
    little about the top of the ranking where anomalies are rare; read `average_precision` beside it.

    Parameters
    ----------
    labels : array of shape (n_samples,)
        ``1`` anomaly, ``0`` normal.
    scores : array of shape (n_samples,)
        Anomaly scores, higher = more anomalous.

    Raises
    ------
    DataError
        If shapes differ, a label is neither 0 nor 1, or a score is not finite.

    Examples
    --------
    >>> auroc([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8])
    0.875
    >>> auroc([0, 0], [0.1, 0.4]) is None
    True
    """
    y, s = _checked(labels, scores)
    if undefined_reason(y) is not None:
        return None
    from scipy.stats import rankdata

    ranks = rankdata(s)
    n_anomalies = int(np.count_nonzero(y == ANOMALY))
    n_normals = y.size - n_anomalies
    above = ranks[y == ANOMALY].sum() - n_anomalies * (n_anomalies + 1) / 2
    return float(above / (n_anomalies * n_normals))


def average_precision(labels: ArrayLike, scores: ArrayLike) -> float | None:
    """Return the average precision with anomalies as the positive class.

    It depends on the share of anomalies in the test set: compare it only between runs on the same test set.

    Parameters
    ----------
    labels, scores : arrays of shape (n_samples,)
        As in `auroc`.

    Examples
    --------
    >>> round(average_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 4)
    0.8333
    """
    y, s = _checked(labels, scores)
    if undefined_reason(y) is not None:
        return None
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(y == ANOMALY, s))


def average_precision_minority(labels: ArrayLike, scores: ArrayLike) -> float | None:
    """Return the average precision with the minority class of the test set as the positive one.

    Use it only to stand beside published curves that are drawn so (arXiv:2106.06115, images): where most test samples
    are anomalies, the *normal* class is positive, ranked by normality. Where anomalies are the minority, or both
    classes are of one size, it equals `average_precision`.

    Parameters
    ----------
    labels, scores : arrays of shape (n_samples,)
        As in `auroc`.

    Examples
    --------
    >>> average_precision_minority([0, 1, 1], [0.1, 0.2, 0.3])
    1.0
    """
    y, s = _checked(labels, scores)
    if 2 * np.count_nonzero(y == ANOMALY) <= y.size:
        return average_precision(y, s)
    return average_precision(np.where(y == ANOMALY, NORMAL, ANOMALY), flipped(s))


def f1_at_true_count(labels: ArrayLike, scores: ArrayLike) -> float | None:
    """Return the F1 when exactly as many samples are flagged as there are anomalies ("oracle threshold").

    Precision, recall and F1 are then the same number. It is how published tables report F1 (GOAD cuts at the percentile
    of normal samples), and it needs the true count: nobody has that in use. Samples tied at the threshold are flagged
    in expectation, as if drawn at random among them, so the order of the rows does not matter.

    Parameters
    ----------
    labels, scores : arrays of shape (n_samples,)
        As in `auroc`.

    Examples
    --------
    >>> f1_at_true_count([0, 0, 1, 1], [0.1, 0.9, 0.5, 0.8])
    0.5
    >>> f1_at_true_count([0, 1, 0, 1], [0.0, 0.0, 0.0, 0.0])
    0.5
    """
    y, s = _checked(labels, scores)
    if undefined_reason(y) is not None:
        return None
    count = int(np.count_nonzero(y == ANOMALY))
    threshold = np.partition(s, s.size - count)[s.size - count]
    above, tied = s > threshold, s == threshold
    hits = np.count_nonzero(y[above] == ANOMALY) + (count - np.count_nonzero(above)) * np.mean(y[tied] == ANOMALY)
    return float(hits / count)


def alarm_metrics(labels: ArrayLike, alarms: ArrayLike) -> AlarmMetrics:
    """Return precision, recall and F1 of a detector's own alarms.

    Parameters
    ----------
    labels : array of shape (n_samples,)
        ``1`` anomaly, ``0`` normal.
    alarms : array of shape (n_samples,), bool
        Where the detector raised an alarm.

    Returns
    -------
    AlarmMetrics
        Precision is ``None`` where there was no alarm, recall and F1 where there is no anomaly.

    Examples
    --------
    >>> alarm_metrics([0, 1, 1], [True, True, False])
    AlarmMetrics(precision=0.5, recall=0.5, f1=0.5)
    >>> alarm_metrics([0, 1, 1], [False, False, False])
    AlarmMetrics(precision=None, recall=0.0, f1=0.0)
    """
    y, raised = _checked(labels, np.asarray(alarms, dtype=np.float64))
    flagged = raised > 0
    n_alarms, n_anomalies = int(np.count_nonzero(flagged)), int(np.count_nonzero(y == ANOMALY))
    hits = int(np.count_nonzero(flagged & (y == ANOMALY)))
    if n_anomalies == 0:
        return AlarmMetrics(0.0 if n_alarms else None, None, None)
    precision = hits / n_alarms if n_alarms else None
    return AlarmMetrics(precision, hits / n_anomalies, 2 * hits / (n_alarms + n_anomalies))


def bootstrap_interval(
    values: ArrayLike, *, level: float = 0.95, n_resamples: int = N_RESAMPLES, seed: int = 0
) -> tuple[float, float] | None:
    """Return the percentile bootstrap interval of the mean of ``values``, one value a seed.

    It covers what differs between seeds (split, initialisation), not what differs between tables. ``None`` for fewer
    than two values.

    Parameters
    ----------
    values : array of shape (n_seeds,)
        One value a seed.
    level : float in (0, 1), default 0.95
        Coverage.
    n_resamples : int, default 2000
        Bootstrap resamples.
    seed : int, default 0
        Seed of the resampling; the same values always give the same interval.

    Examples
    --------
    >>> low, high = bootstrap_interval([0.8, 0.9, 0.85, 0.95])
    >>> 0.8 <= low < 0.875 < high <= 0.95
    True
    >>> bootstrap_interval([0.8]) is None
    True
    """
    array = np.asarray(values, dtype=np.float64)
    if array.size < 2:
        return None
    return interval_of_resamples(resampling_weights(array.size, n_resamples, seed) @ array, level)


@functools.lru_cache(maxsize=64)
def resampling_weights(n_values: int, n_resamples: int = N_RESAMPLES, seed: int = 0) -> NDArray[np.float64]:
    """Return bootstrap weights, shape (n_resamples, n_values), rows summing to 1: ``weights @ values`` are the means.

    They are cached, because a summary takes thousands of intervals over the same number of seeds; the array is
    read-only.

    Examples
    --------
    >>> resampling_weights(5, 3).sum(axis=1).round(12).tolist()
    [1.0, 1.0, 1.0]
    """
    counts = np.random.default_rng(seed).multinomial(n_values, np.full(n_values, 1 / n_values), size=n_resamples)
    weights = counts / n_values
    weights.setflags(write=False)
    return weights


def interval_of_resamples(means: NDArray[np.float64], level: float = 0.95) -> tuple[float, float]:
    """Return the central interval that holds ``level`` of the resampled means."""
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def recovery(refined: float | None, blind: float | None, oracle: float | None) -> float | None:
    """Return the share of the damage that refinement undoes: ``(refined - blind) / (oracle - blind)`` on AUROC.

    1 = as good as training without contaminants, 0 = as bad as doing nothing; negative where refinement hurts, above 1
    where it beats the oracle. ``None`` where oracle and blind are less than 0.02 apart, because then it divides noise
    by noise.

    Parameters
    ----------
    refined, blind, oracle : float or None
        AUROC of the three runs on the same split.

    Examples
    --------
    >>> round(recovery(0.88, 0.80, 0.90), 6)
    0.8
    >>> recovery(0.88, 0.89, 0.90) is None
    True
    """
    if refined is None or blind is None or oracle is None:
        return None
    # The margin keeps a gap of exactly 0.02 (0.30 - 0.28 in binary) on the defined side.
    if abs(oracle - blind) < SMALLEST_GAP - 1e-12:
        return None
    return (refined - blind) / (oracle - blind)


def _checked(labels: ArrayLike, scores: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    y, s = np.asarray(labels), np.asarray(scores, dtype=np.float64)
    if y.ndim != 1 or y.shape != s.shape:
        raise DataError(f"labels have the shape {y.shape} and scores {s.shape}: give one label and one score a sample")
    bad = ~np.isin(y, (NORMAL, ANOMALY))
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise DataError(
            f"label {y[row].item()!r} at row {row}: metrics need 0 (normal) or 1 (anomaly) for every sample"
        )
    if not np.isfinite(s).all():
        row = int(np.flatnonzero(~np.isfinite(s))[0])
        raise DataError(f"score {s[row].item()!r} at row {row} is not finite, so the samples cannot be ranked")
    return y.astype(np.int64), s
