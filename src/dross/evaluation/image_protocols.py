"""How a labelled image data set becomes a dirty training set and a test set: ``one-vs-rest`` and ``pair``.

One class is normal. The official training split trains and the official test split tests, and contaminants come from
the training split alone, so that no test image is ever trained on.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dross.errors import ParameterError
from dross.evaluation.protocols import SMALLEST_TRAINING_SET
from dross.evaluation.seeding import split_generator
from dross.evaluation.split import Split
from dross.evaluation.variants import ClassRoles, subject
from dross.scoring import ANOMALY, NORMAL

if TYPE_CHECKING:
    from dross.data.named_images import ImageDataset


def one_vs_rest(
    dataset: ImageDataset,
    normal: str,
    contamination: float,
    seed: int,
    *,
    max_train: int | None = None,
    max_test: int | None = None,
) -> Split:
    """Split with one class normal and every other class anomalous, as in the image study of arXiv:2106.06115.

    Anomalies of the training split, from all other classes, are swapped in for normal images at a fixed training size,
    those of a lower ratio among those of a higher one. The test set is the official one, the same at every ratio; it is
    mostly anomalies, so read ``ap_minority`` beside the average precision of the anomalies.

    Parameters
    ----------
    dataset : ImageDataset
        Images with classes and an official test split.
    normal : str
        The name of the normal class.
    contamination : float in [0, 0.5]
        Anomalies / training images.
    seed : int
        Seed of the split.
    max_train : int or None, default None
        The training size; by default all training images of the class.
    max_test : int or None, default None
        Draw that many test images, stratified by class, anew for each seed; by default all test.

    Raises
    ------
    ParameterError
        If the data cannot give the ratio or the sizes; it says the largest it can.

    References
    ----------
    Yoon et al., Self-supervise, Refine, Repeat, TMLR 2022, arXiv:2106.06115.

    Examples
    --------
    >>> from dross.data.named_images import ImageDataset
    >>> classes = np.repeat([0, 1, 2], 60)
    >>> pictures = np.zeros((180, 4, 4, 1), dtype=np.uint8)
    >>> test = np.arange(180) % 3 == 0
    >>> toys = ImageDataset("toys", pictures, classes, ("cat", "dog", "ship"), test, "", "made up", "none", ())
    >>> split = one_vs_rest(toys, "cat", 0.1, seed=0)
    >>> split.n_train, split.n_contaminants, len(split.test_index)
    (40, 4, 60)
    """
    return split_images(dataset, ClassRoles(normal), contamination, seed, max_train=max_train, max_test=max_test)


def pair(
    dataset: ImageDataset,
    normal: str,
    anomaly: str,
    contamination: float,
    seed: int,
    *,
    max_train: int | None = None,
    max_test: int | None = None,
) -> Split:
    """Split with one class normal and one class anomalous; all other classes are left out.

    Use it to see what one kind of contaminant does, which is harder than a mixture: anomalies of one class are alike.

    Parameters
    ----------
    dataset, contamination, seed, max_train, max_test
        As in `one_vs_rest`.
    normal, anomaly : str
        Names of two classes.

    Raises
    ------
    ParameterError
        If the data cannot give the ratio or the sizes; it says the largest it can.

    Examples
    --------
    >>> from dross.data.named_images import ImageDataset
    >>> classes = np.repeat([0, 1, 2], 60)
    >>> pictures = np.zeros((180, 4, 4, 1), dtype=np.uint8)
    >>> test = np.arange(180) % 3 == 0
    >>> toys = ImageDataset("toys", pictures, classes, ("cat", "dog", "ship"), test, "", "made up", "none", ())
    >>> split = pair(toys, "cat", "dog", 0.1, seed=0)
    >>> split.n_pool, len(split.test_index), int(split.labels_test.sum())
    (40, 40, 20)
    """
    return split_images(
        dataset, ClassRoles(normal, anomaly), contamination, seed, max_train=max_train, max_test=max_test
    )


def split_images(
    dataset: ImageDataset,
    roles: ClassRoles,
    contamination: float,
    seed: int,
    *,
    max_train: int | None = None,
    max_test: int | None = None,
) -> Split:
    """Return the split for the roles of classes: `pair` where an anomalous class is named, else `one_vs_rest`."""
    normals, anomalies = _training_rows(dataset, roles)
    n_train, count = _sizes(dataset, roles, contamination, max_train)
    # The roles are part of the seed: the runs of the classes are averaged as if they were independent of each other.
    generator = split_generator(subject(dataset.name, roles), seed)
    normals, anomalies = generator.permutation(normals), generator.permutation(anomalies)
    # Which normals give way: drawn over the whole training set, so the order is the same at every ratio.
    places = generator.permutation(n_train)[:count]
    train = normals[:n_train].copy()
    train[places] = anomalies[:count]
    test = _test_rows(dataset, roles)
    if max_test is not None and max_test < len(test):
        test = _stratified(dataset.classes[test], test, max_test, generator)
    labels = np.where(dataset.classes == dataset.class_names.index(roles.normal), NORMAL, ANOMALY).astype(np.int64)
    return Split(
        dataset.X[train], labels[train], dataset.X[test], labels[test], train, test, contamination, len(anomalies)
    )


def image_problems(
    dataset: ImageDataset,
    roles: Iterable[ClassRoles],
    contamination: Iterable[float],
    max_train: int | None = None,
    max_test: int | None = None,
) -> list[str]:
    """Return one problem for each ratio and size that the data cannot give; no image is touched."""
    problems = []
    ratios = list(contamination)
    for each in roles:
        for ratio in ratios:
            try:
                _sizes(dataset, each, ratio, max_train)
            except ParameterError as error:
                problems.append(str(error))
        if max_test is not None:
            problems += _max_test_problems(dataset, each, max_test)
    return list(dict.fromkeys(problems))


def training_size(dataset: ImageDataset, roles: ClassRoles, max_train: int | None = None) -> tuple[int, int]:
    """Return the number of training images, and of anomalies that there are to contaminate with."""
    normals, anomalies = _training_rows(dataset, roles)
    return len(normals) if max_train is None else max_train, len(anomalies)


def _training_rows(dataset: ImageDataset, roles: ClassRoles) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return (
        np.flatnonzero(~dataset.test & _is_normal(dataset, roles)),
        np.flatnonzero(~dataset.test & _is_anomalous(dataset, roles)),
    )


def _test_rows(dataset: ImageDataset, roles: ClassRoles) -> NDArray[np.int64]:
    return np.flatnonzero(dataset.test & (_is_normal(dataset, roles) | _is_anomalous(dataset, roles)))


def _is_normal(dataset: ImageDataset, roles: ClassRoles) -> NDArray[np.bool_]:
    return dataset.classes == dataset.class_names.index(roles.normal)


def _is_anomalous(dataset: ImageDataset, roles: ClassRoles) -> NDArray[np.bool_]:
    if roles.anomaly is None:
        return ~_is_normal(dataset, roles)
    return dataset.classes == dataset.class_names.index(roles.anomaly)


def _sizes(dataset: ImageDataset, roles: ClassRoles, contamination: float, max_train: int | None) -> tuple[int, int]:
    """Return the number of training images and of contaminants among them."""
    where = f"data set '{dataset.name}', class '{roles.normal}'"
    normals, anomalies = _training_rows(dataset, roles)
    n_train = len(normals) if max_train is None else max_train
    if n_train > len(normals):
        raise ParameterError(
            f"{where}: max_train is {n_train}, but the class has {len(normals)} training images; give at most that many"
        )
    if n_train < SMALLEST_TRAINING_SET:
        raise ParameterError(
            f"{where}: {n_train} training images are too few; there must be at least {SMALLEST_TRAINING_SET}"
        )
    if not 0 <= contamination <= 0.5:
        raise ParameterError(f"{where}: contamination is {contamination!r}; it must be in [0, 0.5]")
    count = round(contamination * n_train)
    if count > len(anomalies):
        raise ParameterError(
            f"{where} cannot give the contamination {contamination:g}: it takes {count} anomalies, and there are "
            f"{len(anomalies)} to contaminate with; the largest is {math.floor(1e4 * len(anomalies) / n_train) / 1e4:g}"
        )
    if contamination > 0 and count == 0:
        raise ParameterError(
            f"{where}: a contamination of {contamination:g} is less than one of {n_train} training images; the "
            f"smallest above zero is {math.ceil(1e4 / n_train) / 1e4:g}"
        )
    return n_train, count


def _max_test_problems(dataset: ImageDataset, roles: ClassRoles, max_test: int) -> list[str]:
    counts = np.unique(dataset.classes[_test_rows(dataset, roles)], return_counts=True)[1]
    if max_test >= counts.sum() or _quotas(counts, max_test).all():
        return []
    return [
        f"data set '{dataset.name}', class '{roles.normal}': max_test is {max_test}, which leaves a class without a "
        f"test image; give at least {math.ceil(counts.sum() / counts.min())}"
    ]


def _quotas(counts: NDArray[np.int64], total: int) -> NDArray[np.int64]:
    """Return how many of each class are drawn: proportional, the rest to those that rounding down cost the most."""
    shares = counts * total / counts.sum()
    quotas = np.floor(shares).astype(np.int64)
    quotas[np.argsort(quotas - shares, kind="stable")[: total - quotas.sum()]] += 1
    return quotas


def _stratified(
    classes: NDArray[np.int64], rows: NDArray[np.int64], total: int, generator: np.random.Generator
) -> NDArray[np.int64]:
    found, counts = np.unique(classes, return_counts=True)
    quotas = _quotas(counts, total)
    drawn = [
        generator.permutation(rows[classes == number])[:quota] for number, quota in zip(found, quotas, strict=True)
    ]
    return np.sort(np.concatenate(drawn))
