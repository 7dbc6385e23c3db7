"""What named data sets are: numeric, complete, labelled, and traceable to their source."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dross.errors import DataError
from dross.scoring import ANOMALY, NORMAL, check_labels


@final
@dataclass(frozen=True)
class Dataset:
    """A labelled numeric table for evaluation.

    Use it to measure detectors. It is not for what users bring, which may have gaps, words and no labels: that is a
    :class:`dross.data.tables.Table`.

    Parameters
    ----------
    name : str
        The name it is asked for by.
    X : array of shape (n_samples, n_features), float64
        The samples, all finite.
    labels : array of shape (n_samples,), int64
        1 for an anomaly, 0 for a normal sample.
    feature_names : tuple of str
        One name a column.
    checksum : str
        SHA-256 of the source file, or of the arrays where there is none or more than one.
    source : str
        Where its publisher offers it.
    licence : str
        What its publisher allows.
    notes : tuple of str
        What can mislead an evaluation on it.

    Raises
    ------
    DataError
        If the parts do not fit together.

    Examples
    --------
    >>> make_dataset("toy", [[0.0], [9.0]], [0, 1]).n_anomalies
    1
    """

    name: str
    X: NDArray[np.float64]
    labels: NDArray[np.int64]
    feature_names: tuple[str, ...]
    checksum: str
    source: str
    licence: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.X.ndim != 2 or self.X.shape[1] != len(self.feature_names):
            raise DataError(
                f"{self.name}: {len(self.feature_names)} feature names for an array of shape {self.X.shape}: "
                "give an array (n_samples, n_features) and one name a column"
            )
        check_labels(self.labels, len(self.X))
        if not np.isin(self.labels, (NORMAL, ANOMALY)).all():
            raise DataError(
                f"{self.name}: labels must be 0 or 1 for every sample of a data set that detectors are measured on"
            )
        if not np.isfinite(self.X).all():
            row, column = np.argwhere(~np.isfinite(self.X))[0]
            raise DataError(f"{self.name}: row {row}, column '{self.feature_names[column]}' is not a finite number")

    @property
    def n_samples(self) -> int:
        """The number of samples."""
        return len(self.X)

    @property
    def n_features(self) -> int:
        """The number of columns."""
        return int(self.X.shape[1])

    @property
    def n_anomalies(self) -> int:
        """The number of samples labelled as anomalies."""
        return int((self.labels == ANOMALY).sum())


def make_dataset(
    name: str,
    X: ArrayLike,
    labels: ArrayLike,
    *,
    feature_names: tuple[str, ...] | None = None,
    checksum: str | None = None,
    source: str = "given as arrays",
    licence: str = "not stated",
    notes: tuple[str, ...] = (),
) -> Dataset:
    """Return a :class:`Dataset` from arrays of any numeric type, with names and a checksum where none are given.

    Examples
    --------
    >>> make_dataset("toy", [[0, 1], [9, 9]], [0, 1]).feature_names
    ('x0', 'x1')
    """
    samples = np.ascontiguousarray(X, dtype=np.float64)
    if samples.ndim != 2:
        raise DataError(f"{name}: an array of shape {samples.shape} is no table; it must be (n_samples, n_features)")
    given = check_labels(np.asarray(labels).ravel(), len(samples))
    names = feature_names or tuple(f"x{i}" for i in range(samples.shape[1]))
    return Dataset(name, samples, given, names, checksum or array_checksum(samples, given), source, licence, notes)


def array_checksum(*arrays: NDArray[np.generic]) -> str:
    """Return the SHA-256 over the shapes, types and bytes of arrays.

    Examples
    --------
    >>> array_checksum(np.zeros(2)) == array_checksum(np.zeros((2, 1)))
    False
    """
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
