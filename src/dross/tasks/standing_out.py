"""Which columns of a row stand out from the rows that were kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

#: A column is named where its value lies this many robust standard deviations from the median of the kept rows.
STANDS_OUT = 3.0
#: At most this many columns of a row are named.
MOST_COLUMNS = 3
#: The median absolute deviation of normally distributed values, times this, is their standard deviation.
_TO_DEVIATION = 1.4826


def columns_that_stand_out(
    suspects: NDArray[np.float64], kept: NDArray[np.float64], origin: Sequence[str], names: Sequence[str]
) -> list[str]:
    """Return, for each suspect, the columns that stand out and by how many robust standard deviations.

    Parameters
    ----------
    suspects : array of shape (n_suspects, n_features)
        The rows to explain, encoded.
    kept : array of shape (n_kept, n_features)
        The rows to compare them with.
    origin : sequence of str
        The column of each feature.
    names : sequence of str
        The name of each feature, shown where a column has several.

    Returns
    -------
    list of str
        Such as ``"size (+8.3); colour=red (+4.1)"``; empty for a row of which no column stands out by itself.

    Examples
    --------
    >>> kept = np.random.default_rng(0).normal(size=(100, 2))
    >>> columns_that_stand_out(np.array([[0.0, -40.0], [0.0, 0.0]]), kept, ["a", "b"], ["a", "b"])
    ['b (-38.6)', '']
    """
    deviations = robust_deviations(suspects, kept)
    shown = []
    for row in deviations:
        best: dict[str, int] = {}
        for feature in np.argsort(-np.abs(row), kind="stable"):
            if abs(row[feature]) < STANDS_OUT or len(best) == MOST_COLUMNS:
                break
            best.setdefault(origin[feature], int(feature))
        shown.append("; ".join(f"{names[feature]} ({_signed(row[feature])})" for feature in best.values()))
    return shown


def robust_deviations(rows: NDArray[np.float64], kept: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how many robust standard deviations each value lies from the median of the kept rows.

    Where most kept rows are equal, as in columns of words, the ordinary mean and standard deviation take the place of
    the robust ones; a value that differs where all kept rows are equal is infinitely far.
    """
    centre = np.median(kept, axis=0)
    scale = _TO_DEVIATION * np.median(np.abs(kept - centre), axis=0)
    flat = scale == 0
    centre[flat], scale[flat] = kept[:, flat].mean(axis=0), kept[:, flat].std(axis=0)
    constant = (kept == kept[0]).all(axis=0)
    centre[constant], scale[constant] = kept[0, constant], 0.0
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        deviations = (rows - centre) / scale
    return np.where(rows == centre, 0.0, deviations)


def _signed(deviation: float) -> str:
    if np.isfinite(deviation) and abs(deviation) < 1000:
        return f"{deviation:+.1f}"
    return f"{deviation:+.1e}" if np.isfinite(deviation) else "not in any kept row"
