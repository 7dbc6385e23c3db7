"""How well anomaly scores rank anomalies above normal samples, whatever the threshold."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from dross.metrics.checking import checked, undefined_reason
from dross.scoring import ANOMALY, NORMAL, flipped


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
    y, s = checked(labels, scores)
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
    y, s = checked(labels, scores)
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
    y, s = checked(labels, scores)
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
    y, s = checked(labels, scores)
    if undefined_reason(y) is not None:
        return None
    count = int(np.count_nonzero(y == ANOMALY))
    threshold = np.partition(s, s.size - count)[s.size - count]
    above, tied = s > threshold, s == threshold
    hits = np.count_nonzero(y[above] == ANOMALY) + (count - np.count_nonzero(above)) * np.mean(y[tied] == ANOMALY)
    return float(hits / count)
