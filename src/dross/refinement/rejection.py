"""Where a classifier draws the line between what it keeps and what it rejects."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dross.refinement.parameters import Rejection

#: Order statistics that the medcouple looks at: enough for two digits, and 250,000 pairs at the most.
MEDCOUPLE_POINTS = 1001

#: The adjusted boxplot's whisker and its dependence on skewness, as published.
WHISKER, SKEWNESS_FACTOR = 1.5, 3.0


def rejection_threshold(scores: NDArray[np.float64], rejection: Rejection, *, whisker: float = WHISKER) -> float:
    """Return the anomaly score beyond which a classifier rejects.

    Parameters
    ----------
    scores : array of shape (n_samples,)
        Anomaly scores of all samples, higher = more anomalous.
    rejection : "auto" or float in [0, 0.5)
        A share: the threshold is that upper quantile of the scores. ``"auto"``: the upper fence of the boxplot
        adjusted for skewness, ``Q3 + 1.5 exp(3 MC) (Q3 - Q1)`` with MC the medcouple. It needs no ratio: it rejects
        what lies outside the skewed bulk. Of Gaussian scores that is about 0.7 %; of the scores of clean real tables
        it was one per cent (isolation forest) to five (Gaussian density), since their tails are heavier.
    whisker : float, default 1.5
        The fence's length in interquartile ranges, for ``"auto"``.

    Returns
    -------
    float
        ``inf`` where nothing is to be rejected.

    Examples
    --------
    >>> scores = np.concatenate([np.arange(90.0), [500.0, 600.0]])
    >>> int((scores > rejection_threshold(scores, "auto")).sum())
    2
    >>> int((scores > rejection_threshold(scores, 0.25)).sum())
    23

    References
    ----------
    Hubert and Vandervieren, "An adjusted boxplot for skewed distributions", Computational Statistics & Data Analysis
    52, 2008.
    """
    if rejection == "auto":
        return adjusted_fence(scores, whisker)
    return float(np.quantile(scores, 1 - rejection)) if rejection > 0 else np.inf


def adjusted_fence(scores: NDArray[np.float64], whisker: float) -> float:
    """Return the upper fence of the adjusted boxplot; ``inf`` where half of the scores are one value.

    A tail shorter than a symmetric one's does not draw the fence nearer: that would be no reason to reject more.
    """
    ordered = np.sort(scores)
    low, high = (_quantile_of_ordered(ordered, share) for share in (0.25, 0.75))
    if high <= low:
        return np.inf
    skewness = max(_medcouple_of_ordered(ordered), 0.0)
    return float(high + whisker * np.exp(SKEWNESS_FACTOR * skewness) * (high - low))


def medcouple(values: NDArray[np.float64]) -> float:
    """Return the medcouple, a robust skewness in [-1, 1]: 0 for symmetric values, positive for a long upper tail.

    The median of ``((b - m) - (m - a)) / (b - a)`` over all pairs ``a <= m <= b``, with ``m`` the median. Beyond 1,001
    values it is taken over as many evenly spaced order statistics.

    Examples
    --------
    >>> medcouple(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    0.0
    >>> medcouple(np.array([1.0, 2.0, 3.0, 10.0, 20.0])) > 0.5
    True

    References
    ----------
    Brys, Hubert and Struyf, "A robust measure of skewness", Journal of Computational and Graphical Statistics 13, 2004.
    """
    return _medcouple_of_ordered(np.sort(values))


def _quantile_of_ordered(ordered: NDArray[np.float64], share: float) -> float:
    """Return what ``np.quantile`` does, which would look for the place again in a million scores."""
    position = share * (len(ordered) - 1)
    below = int(position)
    return float(np.interp(position, [below, below + 1], ordered[[below, min(below + 1, len(ordered) - 1)]]))


def _medcouple_of_ordered(ordered: NDArray[np.float64]) -> float:
    if len(ordered) > MEDCOUPLE_POINTS:
        ordered = ordered[np.linspace(0, len(ordered) - 1, MEDCOUPLE_POINTS).round().astype(int)]
    median = np.median(ordered)
    upper, lower = ordered[ordered >= median][:, None], ordered[ordered <= median][None, :]
    spread = upper - lower
    with np.errstate(invalid="ignore"):
        kernel = ((upper - median) - (median - lower)) / spread
    # Pairs of the median with itself have no spread and say nothing.
    return float(np.median(kernel[spread > 0])) if (spread > 0).any() else 0.0
