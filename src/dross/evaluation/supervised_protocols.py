"""How labelled data become a training set whose every label is told, and a test set: ``fixed-split``, and folds.

Use them for the supervised end of the field: a few hundred samples, labels of both kinds, accuracy and F1 as well as
rankings. `fixed_split` gives the figures that others have published of a set; `cross_validation` those to believe,
because every sample is tested once a repetition and a choice that fits one small test set by luck does not survive it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dross.data.dataset import Dataset
from dross.errors import DataError, ParameterError
from dross.evaluation.protocols import SMALLEST_TRAINING_SET
from dross.evaluation.seeding import seed_sequence
from dross.evaluation.split import Split
from dross.evaluation.variants import ClassRoles, subject
from dross.scoring import ANOMALY, NORMAL
from dross.supervised.stratified_folds import stratified_folds

if TYPE_CHECKING:
    from dross.data.named_images import ImageDataset
    from dross.evaluation.protocols import ProtocolName

#: Folds of a cross-validation unless somebody asks for another number.
DEFAULT_FOLDS = 5


def fixed_split(dataset: ImageDataset, normal: str) -> Split:
    """Split as the publisher of the images did, and tell the label of every training image.

    Use it to stand beside published figures of that split. The split is one draw: the test images alone decide how
    far a figure would move with others, and intervals are over them.

    Parameters
    ----------
    dataset : ImageDataset
        Images with classes and an official test split.
    normal : str
        The name of the normal class; every other class is anomalous.

    Raises
    ------
    ParameterError
        If either part lacks one of the two kinds, or there are too few training images.

    Examples
    --------
    >>> from dross.data.named_images import ImageDataset
    >>> classes, pictures = np.repeat([0, 1], 60), np.zeros((120, 4, 4, 1), dtype=np.uint8)
    >>> test = np.arange(120) % 3 == 0
    >>> toys = ImageDataset("toys", pictures, classes, ("cat", "dog"), test, "", "made up", "none", ())
    >>> split = fixed_split(toys, "cat")
    >>> split.n_train, split.n_labelled, len(split.test_index)
    (80, 40, 40)
    """
    labels = _labels(dataset, ClassRoles(normal))
    train, test = np.flatnonzero(~dataset.test), np.flatnonzero(dataset.test)
    where = f"data set '{dataset.name}', class '{normal}'"
    for part, rows in (("training", train), ("test", test)):
        counts = np.bincount(labels[rows], minlength=2)
        if counts.min() == 0:
            lacking = "normal images" if counts[NORMAL] == 0 else "anomalies"
            raise ParameterError(f"{where}: its {part} split has no {lacking}: use another class, or cross-validation")
    return _told(where, dataset.X, labels, train, test)


def cross_validation(
    dataset: Dataset | ImageDataset, seed: int, *, folds: int = DEFAULT_FOLDS, normal: str | None = None
) -> Split:
    """Split off one of several equal, stratified parts to test on; the others train, with the label of every sample.

    Use it for claims about a small labelled set. All samples take part, those of an official test split as well, so
    that its figures do not stand beside those of that split.

    Parameters
    ----------
    dataset : Dataset or ImageDataset
        Samples with labels, or images with classes.
    seed : int
        The part that tests is ``seed % folds`` of the repetition ``seed // folds``: the parts of a repetition do not
        overlap, and each repetition draws them anew.
    folds : int, default 5
        The number of parts.
    normal : str, optional
        Of images: the name of the normal class; every other class is anomalous.

    Raises
    ------
    ParameterError
        If there are more folds than samples of one kind, or too few samples to train on.

    References
    ----------
    Kohavi, "A Study of Cross-Validation and Bootstrap for Accuracy Estimation and Model Selection", IJCAI 1995.

    Examples
    --------
    >>> from dross.data.named import load_dataset
    >>> data = load_dataset("breast-cancer")
    >>> parts = [cross_validation(data, seed) for seed in range(5)]
    >>> [len(part.test_index) for part in parts], len(set(np.concatenate([part.test_index for part in parts])))
    ([114, 114, 114, 114, 113], 569)
    """
    roles = None if isinstance(dataset, Dataset) or normal is None else ClassRoles(normal)
    labels = _labels(dataset, roles)
    about = subject(dataset.name, roles)
    where = f"data set '{dataset.name}'" + ("" if roles is None else f", class '{roles}'")
    repetition, part = divmod(seed, folds)
    drawn = int(seed_sequence(about, repetition, "split").generate_state(1)[0] >> 1)
    try:
        train, test = stratified_folds(labels, folds, 1, drawn, named="folds")[part]
    except DataError as error:
        raise ParameterError(f"{where}: {error}") from None
    return _told(where, dataset.X, labels, train.astype(np.int64), test.astype(np.int64))


def split_supervised(
    protocol: ProtocolName,
    dataset: Dataset | ImageDataset,
    roles: ClassRoles | None,
    seed: int,
    folds: int | None,
) -> Split:
    """Return the split of one of the two protocols by its name."""
    normal = None if roles is None else roles.normal
    if protocol == "cross-validation":
        return cross_validation(dataset, seed, folds=folds or DEFAULT_FOLDS, normal=normal)
    if isinstance(dataset, Dataset) or normal is None:
        raise ParameterError(f"data set '{dataset.name}' has no official test split: use cross-validation")
    return fixed_split(dataset, normal)


def supervised_problems(
    protocol: ProtocolName, dataset: Dataset | ImageDataset, roles: ClassRoles | None, folds: int | None
) -> list[str]:
    """Return what the data cannot give under one of the two protocols."""
    try:
        split_supervised(protocol, dataset, roles, 0, folds)
    except ParameterError as error:
        return [str(error)]
    return []


def fold_key_problems(protocol: str, folds: object) -> list[str]:
    """Return what is wrong with the key that says how many parts a cross-validation has.

    Examples
    --------
    >>> fold_key_problems("cross-validation", 5)
    []
    >>> fold_key_problems("fixed-split", 5)
    ['folds does not go with the fixed-split protocol; it is the number of parts under cross-validation']
    """
    if folds is None:
        return []
    if protocol != "cross-validation":
        return [f"folds does not go with the {protocol} protocol; it is the number of parts under cross-validation"]
    if isinstance(folds, bool) or not isinstance(folds, int) or folds < 2:
        return [f"folds is {folds!r}; it must be a whole number of at least 2"]
    return []


def _labels(dataset: Dataset | ImageDataset, roles: ClassRoles | None) -> NDArray[np.int64]:
    if isinstance(dataset, Dataset):
        return dataset.labels.astype(np.int64)
    if roles is None:
        raise ParameterError(f"data set '{dataset.name}' holds images: say which class is normal")
    normal = dataset.classes == dataset.class_names.index(roles.normal)
    return np.where(normal, NORMAL, ANOMALY).astype(np.int64)


def _told(
    where: str, X: NDArray[np.generic], labels: NDArray[np.int64], train: NDArray[np.int64], test: NDArray[np.int64]
) -> Split:
    if len(train) < SMALLEST_TRAINING_SET:
        raise ParameterError(
            f"{where}: {len(train)} training samples are too few; there must be at least {SMALLEST_TRAINING_SET}"
        )
    n_anomalies = int(np.count_nonzero(labels[train] == ANOMALY))
    told = labels[train]
    return Split(X[train], told, X[test], labels[test], train, test, 0.0, n_anomalies, labels_given=told)
