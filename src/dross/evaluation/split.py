"""One training set and one test set of labelled data, and the steps that every protocol of tables takes to them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np
from numpy.typing import NDArray

from dross.evaluation.seeding import split_generator
from dross.scoring import ANOMALY, NORMAL

if TYPE_CHECKING:
    from dross.data.dataset import Dataset


@final
@dataclass(frozen=True)
class Split:
    """One training set and one test set.

    Attributes
    ----------
    X_train, X_test : arrays of shape (n_train, d), (n_test, d), or of images (n, height, width, channels), uint8
        Samples.
    labels_train, labels_test : arrays of shape (n_train,), (n_test,)
        ``1`` anomaly, ``0`` normal. Those of the training set are for the record; detectors do not see them.
    train_index, test_index : arrays of shape (n_train,), (n_test,)
        Rows of the data set.
    contamination : float
        The ratio asked for (``adbench``: the natural share of anomalies in the data set).
    n_pool : int
        How many anomalies there were to contaminate with (``paper``: half of the anomalies, ``adbench``: those that
        train, images: all of the training split). With labels: how many to label.
    labels_given : array of shape (n_train,) or None
        What detectors are told of the training samples; ``None`` under every protocol that tells nothing.
    seen_classes : tuple of str
        Images: the classes that the labelled anomalies are of.
    test_unseen : array of shape (n_test,), bool, or None
        Which test samples are anomalies of a class that no labelled anomaly is of; ``None`` where all classes are seen,
        and without labels.
    """

    X_train: NDArray[Any]
    labels_train: NDArray[np.int64]
    X_test: NDArray[Any]
    labels_test: NDArray[np.int64]
    train_index: NDArray[np.int64]
    test_index: NDArray[np.int64]
    contamination: float
    n_pool: int
    labels_given: NDArray[np.int64] | None = None
    seen_classes: tuple[str, ...] = ()
    test_unseen: NDArray[np.bool_] | None = None

    @property
    def n_train(self) -> int:
        """The number of training samples."""
        return len(self.train_index)

    @property
    def n_contaminants(self) -> int:
        """The number of anomalies in the training set that pass for normal."""
        return int(np.count_nonzero(self.labels_train == ANOMALY)) - self.n_labelled

    @property
    def n_labelled(self) -> int:
        """The number of training samples that detectors are told to be anomalies."""
        return 0 if self.labels_given is None else int(np.count_nonzero(self.labels_given == ANOMALY))

    @property
    def true_ratio(self) -> float:
        """The share of the training set that is anomalous and passes for normal."""
        return self.n_contaminants / self.n_train


def shuffled_classes(dataset: Dataset, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64], np.random.Generator]:
    """Return the rows of the normals and of the anomalies, each in random order, and the generator for what follows."""
    generator = split_generator(dataset.name, seed)
    normals = generator.permutation(np.flatnonzero(dataset.labels == NORMAL))
    return normals, generator.permutation(np.flatnonzero(dataset.labels == ANOMALY)), generator


def take(
    dataset: Dataset, train: NDArray[np.int64], test: NDArray[np.int64], contamination: float, n_pool: int
) -> Split:
    """Return the split with these training and test rows."""
    X, labels = dataset.X, dataset.labels
    return Split(X[train], labels[train], X[test], labels[test], train, test, contamination, n_pool)


def min_max_scaled(split: Split) -> Split:
    """Return the split with each feature scaled to [0, 1] on the training rows; the test rows are not clipped."""
    low = split.X_train.min(axis=0)
    spread = split.X_train.max(axis=0) - low
    spread[spread == 0] = 1.0
    return dataclasses.replace(split, X_train=(split.X_train - low) / spread, X_test=(split.X_test - low) / spread)
