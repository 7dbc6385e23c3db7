"""Labels and scores as the metrics take them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dross.errors import DataError
from dross.scoring import ANOMALY, NORMAL


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


def checked(labels: ArrayLike, scores: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return labels and scores as arrays.

    Raises
    ------
    DataError
        If shapes differ, a label is neither 0 nor 1, or a score is not finite.
    """
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
