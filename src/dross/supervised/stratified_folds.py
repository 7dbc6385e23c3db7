"""Parts of a labelled set that each hold their share of both kinds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dross.errors import DataError

Fold = tuple[NDArray[np.intp], NDArray[np.intp]]


def stratified_folds(known: NDArray[np.int64], n_folds: int, n_repeats: int, seed: int) -> list[Fold]:
    """Return the numbers of the samples to learn from, and of those held out, one pair a fold.

    Parameters
    ----------
    known : array of shape (n_samples,)
        1 anomaly, 0 normal.
    n_folds : int
        Parts; each is held out once a repetition.
    n_repeats : int
        How often the parts are drawn anew.
    seed : int
        Draws them.

    Raises
    ------
    DataError
        If the rarer kind has fewer samples than there are folds.

    Examples
    --------
    >>> labels = np.array([0, 0, 0, 0, 1, 1])
    >>> [labels[held_out].tolist() for _, held_out in stratified_folds(labels, 2, 1, 0)]
    [[0, 0, 1], [0, 0, 1]]

    References
    ----------
    Kohavi, "A Study of Cross-Validation and Bootstrap for Accuracy Estimation and Model Selection", IJCAI 1995.
    """
    from sklearn.model_selection import RepeatedStratifiedKFold

    counts = np.bincount(known, minlength=2)
    if counts.min() < n_folds:
        kind = "normal samples" if counts[0] < counts[1] else "anomalies"
        remedy = f"give at most {counts.min()}" if counts.min() > 1 else "label more of them"
        raise DataError(
            f"there are {n_folds} folds, and {counts.min()} labelled {kind}, of which each fold must have one: {remedy}"
        )
    folds = RepeatedStratifiedKFold(n_splits=n_folds, n_repeats=n_repeats, random_state=seed)
    return list(folds.split(np.zeros(len(known)), known))
