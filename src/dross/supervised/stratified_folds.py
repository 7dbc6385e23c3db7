"""Parts of a labelled set that each hold their share of both kinds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from dross.errors import DataError, ParameterError

Fold = tuple[NDArray[np.intp], NDArray[np.intp]]


def stratified_folds(
    known: NDArray[np.int64], n_folds: int, n_repeats: int, seed: int, *, named: str = "n_folds"
) -> list[Fold]:
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
    named : str, default "n_folds"
        What errors call the number of folds.

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

    rarer, kind = rarer_kind(known)
    if rarer < n_folds:
        remedy = f"give at most {rarer}" if rarer > 1 else "label more of them"
        raise DataError(
            f"{named} is {n_folds}, and {there_are(rarer, kind)}, of which each fold must have one: {remedy}"
        )
    folds = RepeatedStratifiedKFold(n_splits=n_folds, n_repeats=n_repeats, random_state=seed)
    return list(folds.split(np.zeros(len(known)), known))


@contextmanager
def told_of_folds(n_folds: int) -> Iterator[None]:
    """Say of an error that it is about the samples that are left where a fold is held out.

    Examples
    --------
    >>> with told_of_folds(5):
    ...     raise DataError("there are 3 samples")
    Traceback (most recent call last):
    ...
    dross.errors.DataError: in each fold, where one of n_folds = 5 parts is held out: there are 3 samples
    """
    try:
        yield
    except (DataError, ParameterError) as error:
        raise type(error)(f"in each fold, where one of n_folds = {n_folds} parts is held out: {error}") from error


def rarer_kind(known: NDArray[np.int64]) -> tuple[int, str]:
    """Return how many samples there are of the kind of which there are fewer, and what they are called.

    Examples
    --------
    >>> rarer_kind(np.array([0, 0, 1]))
    (1, 'anomalies')
    """
    counts = np.bincount(known, minlength=2)
    return int(counts.min()), "normal samples" if counts[0] < counts[1] else "anomalies"


def there_are(count: int, kind: str, only: str = "") -> str:
    """Return how many labelled samples of a kind there are, in words.

    Examples
    --------
    >>> there_are(1, "anomalies"), there_are(2, "normal samples", "only ")
    ('there is 1 labelled anomaly', 'there are only 2 labelled normal samples')
    """
    if count == 1:
        return f"there is {only}1 labelled {'anomaly' if kind == 'anomalies' else kind.removesuffix('s')}"
    return f"there are {only}{count} labelled {kind}"
