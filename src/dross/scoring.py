"""Score direction, label conventions and thresholds: every conversion between them, and nowhere else.

Three conventions meet in anomaly detection, and mixing them up is the field's commonest silent mistake:

- **scikit-learn's**: ``score_samples`` and ``decision_function`` are higher for more *normal* samples, ``predict``
  gives ``+1`` for an inlier and ``-1`` for an outlier. Detectors speak this one.
- **anomaly score**: higher = more *anomalous*. Everything that people read (CSV, plots, metrics) speaks this one.
- **labels**: ``1`` anomaly, ``0`` normal, ``-1`` not known. Data sets and ``fit(X, labels=...)`` speak this one.
"""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dross.errors import DataError, ParameterError

NORMAL, ANOMALY, UNKNOWN = 0, 1, -1

#: What a score becomes whose computation overflowed: the most anomalous, and still finite.
LOWEST_SCORE = -1e300

#: Words that a label column may hold, in lower case.
NORMAL_WORDS = frozenset({"0", "0.0", "false", "no", "n", "normal", "inlier", "good", "ok", "negative", "benign"})
ANOMALY_WORDS = frozenset(
    {"1", "1.0", "true", "yes", "y", "anomaly", "anomalous", "abnormal", "outlier", "bad", "defect", "positive"}
)
UNKNOWN_WORDS = frozenset({"-1", "-1.0", "", "nan", "none", "null", "na", "unknown", "?"})


class ScoresSamples(Protocol):
    """Anything with scikit-learn's ``score_samples`` (higher = more normal)."""

    def score_samples(self, X: Any) -> NDArray[Any]:
        """Return one score a sample, higher for more normal ones."""
        ...


def finite_scores(score_samples: Callable[[Any], Any], X: Any) -> NDArray[np.float64]:
    """Return what ``score_samples`` (higher = more normal) says of samples, in float64 and finite.

    Where the computation overflows, as it does for samples far beyond all others, the sample is the most anomalous.

    Parameters
    ----------
    score_samples : callable
        Of any detector.
    X : array of shape (n_samples, ...)
        The samples.

    Examples
    --------
    >>> finite_scores(lambda X: -np.asarray(X) ** 2, [1.0, 1e200]).tolist()
    [-1.0, -1e+300]
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        scores = np.asarray(score_samples(X), dtype=np.float64)
        finite = np.isfinite(scores.sum()) or np.isfinite(scores).all()
    return scores if finite else np.where(np.isfinite(scores), scores, LOWEST_SCORE)


def anomaly_scores(detector: ScoresSamples, X: Any) -> NDArray[np.float64]:
    """Return the anomaly scores of samples: higher = more anomalous.

    Parameters
    ----------
    detector : fitted detector
        Anything with scikit-learn's ``score_samples``.
    X : array of shape (n_samples, ...)
        The samples.

    Returns
    -------
    array of shape (n_samples,), float64, finite

    Examples
    --------
    >>> class FarFromZero:
    ...     def score_samples(self, X):
    ...         return -np.abs(X)
    >>> anomaly_scores(FarFromZero(), np.array([0.5, -3.0])).tolist()
    [0.5, 3.0]
    """
    return -finite_scores(detector.score_samples, X)


def flipped(scores: ArrayLike) -> NDArray[np.float64]:
    """Return anomaly scores from scikit-learn's (higher = more normal), or those from anomaly scores.

    Examples
    --------
    >>> flipped([0.5, -3.0]).tolist()
    [-0.5, 3.0]
    """
    return -np.asarray(scores, dtype=np.float64)


def parse_label(word: object) -> int | None:
    """Return the label that one cell of a label column means, or ``None`` for a word that is not known.

    Examples
    --------
    >>> parse_label("Normal"), parse_label("yes"), parse_label(""), parse_label("maybe")
    (0, 1, -1, None)
    """
    text = str(word).strip().lower()
    for words, label in ((NORMAL_WORDS, NORMAL), (ANOMALY_WORDS, ANOMALY), (UNKNOWN_WORDS, UNKNOWN)):
        if text in words:
            return label
    return None


def check_labels(labels: ArrayLike, n_samples: int) -> NDArray[np.int64]:
    """Return labels as an integer array after checking their length and values.

    Raises
    ------
    DataError
        If there are not ``n_samples`` of them, or one is not ``0``, ``1`` or ``-1``.
    """
    array = np.asarray(labels)
    if array.shape != (n_samples,):
        raise DataError(f"labels have the shape {array.shape}, but there are {n_samples} samples: give one label each")
    bad = ~np.isin(array, (NORMAL, ANOMALY, UNKNOWN))
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise DataError(
            f"label {array[row]!r} at row {row} is not known: use 0 for normal, 1 for an anomaly, -1 for not known"
        )
    return array.astype(np.int64)


def threshold_offset(scores: NDArray[np.float64], contamination: float | Literal["auto"]) -> float:
    """Return the ``offset_`` below which ``score_samples`` raises an alarm.

    Parameters
    ----------
    scores : array of shape (n_samples,)
        ``score_samples`` of the training set (higher = more normal).
    contamination : float in (0, 0.5] or "auto"
        The share of the training set to call anomalous. ``"auto"`` calls those anomalous that lie beyond Tukey's outer
        fence, three interquartile ranges below the lower quartile: on clean data that is almost nobody. Where nobody
        lies beyond it, the threshold goes halfway from the lowest score to the next, unless several are lowest: so the
        one most anomalous training sample, and what is as anomalous, still raises an alarm.

    Examples
    --------
    >>> threshold_offset(np.arange(100.0), 0.1)
    9.9
    >>> threshold_offset(np.arange(100.0), "auto")
    0.5
    """
    check_contamination(contamination)
    if contamination == "auto":
        low, high = np.percentile(scores, [25, 75])
        fence = float(low - 3.0 * (high - low))
        lowest, second = np.partition(scores, 1)[:2] if len(scores) > 1 else (fence, fence)
        return float((lowest + second) / 2) if fence <= lowest < second else fence
    return float(np.percentile(scores, 100.0 * float(contamination)))


def check_contamination(contamination: object) -> None:
    """Raise unless ``contamination`` is ``"auto"`` or a share in (0, 0.5].

    Raises
    ------
    ParameterError
        With the value found.
    """
    if isinstance(contamination, str) and contamination == "auto":
        return
    if isinstance(contamination, bool) or not isinstance(contamination, Real) or not 0 < float(contamination) <= 0.5:
        raise ParameterError(f"contamination is {contamination!r}; it must be 'auto' or a share in (0, 0.5]")
