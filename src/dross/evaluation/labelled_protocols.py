"""How a labelled image data set becomes a training set with labelled anomalies: ``labelled`` and ``labelled-unseen``.

The normal images and the test set are those of ``one-vs-rest`` without contaminants, so that what labels are worth is
not mixed up with the luck of another draw. What is compared under one of the three protocols is never compared with
what is measured under another: a detector that has seen every kind of anomaly solves another task.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dross.errors import ParameterError
from dross.evaluation.image_protocols import image_problems, split_images, training_size
from dross.evaluation.seeding import seed_sequence
from dross.evaluation.split import Split
from dross.evaluation.variants import ClassRoles, subject
from dross.scoring import ANOMALY, NORMAL

if TYPE_CHECKING:
    from dross.data.named_images import ImageDataset


def labelled(
    dataset: ImageDataset,
    normal: str,
    share: float,
    seed: int,
    *,
    max_train: int | None = None,
    max_test: int | None = None,
) -> Split:
    """Split with one class normal and labelled anomalies of every other class in the training set.

    Anomalies of the training split are added to the normal images, in the shares that their classes have there; those
    of a lower share are among those of a higher one. Use it to stand beside figures of detectors that were trained
    with the anomalies of all classes. It says nothing of anomalies of a new kind: `labelled_unseen` does.

    Parameters
    ----------
    dataset : ImageDataset
        Images with classes and an official test split.
    normal : str
        The name of the normal class.
    share : float in (0, 1)
        Labelled anomalies / training images, gamma = m / (n + m) in arXiv:1906.02694.
    seed : int
        Seed of the split.
    max_train : int or None, default None
        The number of normal training images, n; by default all of the class.
    max_test : int or None, default None
        Draw that many test images, stratified by class, anew for each seed; by default all test.

    Raises
    ------
    ParameterError
        If the data cannot give the share or the sizes; it says the largest they can.

    References
    ----------
    Ruff et al., Deep Semi-Supervised Anomaly Detection, ICLR 2020, arXiv:1906.02694.

    Examples
    --------
    >>> from dross.data.named_images import ImageDataset
    >>> classes = np.repeat([0, 1, 2], 60)
    >>> pictures = np.zeros((180, 4, 4, 1), dtype=np.uint8)
    >>> test = np.arange(180) % 3 == 0
    >>> toys = ImageDataset("toys", pictures, classes, ("cat", "dog", "ship"), test, "", "made up", "none", ())
    >>> split = labelled(toys, "cat", 0.2, seed=0)
    >>> split.n_train, int(split.labels_given.sum()), split.seen_classes
    (50, 10, ('dog', 'ship'))
    """
    return split_labelled(dataset, ClassRoles(normal), share, None, seed, max_train=max_train, max_test=max_test)


def labelled_unseen(
    dataset: ImageDataset,
    normal: str,
    share: float,
    seen_classes: int,
    seed: int,
    *,
    max_train: int | None = None,
    max_test: int | None = None,
) -> Split:
    """Split with one class normal and labelled anomalies of a few classes, drawn for each seed, in the training set.

    All classes are in the test set. Use it for claims about labels: what the known anomalies teach of unknown ones is
    what they are worth in practice.

    Parameters
    ----------
    dataset, normal, share, seed, max_train, max_test
        As in `labelled`.
    seen_classes : int
        From how many of the anomalous classes the labelled anomalies are; at least one must be left.

    Raises
    ------
    ParameterError
        If the data cannot give the share, the classes or the sizes; it says the largest they can.

    References
    ----------
    Ruff et al., Deep Semi-Supervised Anomaly Detection, ICLR 2020, arXiv:1906.02694.

    Examples
    --------
    >>> from dross.data.named_images import ImageDataset
    >>> classes = np.repeat([0, 1, 2], 60)
    >>> pictures = np.zeros((180, 4, 4, 1), dtype=np.uint8)
    >>> test = np.arange(180) % 3 == 0
    >>> toys = ImageDataset("toys", pictures, classes, ("cat", "dog", "ship"), test, "", "made up", "none", ())
    >>> split = labelled_unseen(toys, "cat", 0.2, 1, seed=0)
    >>> len(split.seen_classes), int(split.test_unseen.sum()), len(split.test_index)
    (1, 20, 60)
    """
    return split_labelled(
        dataset, ClassRoles(normal), share, seen_classes, seed, max_train=max_train, max_test=max_test
    )


def split_labelled(
    dataset: ImageDataset,
    roles: ClassRoles,
    share: float,
    seen_classes: int | None,
    seed: int,
    *,
    max_train: int | None = None,
    max_test: int | None = None,
) -> Split:
    """Return the split of `labelled_unseen` where a number of classes is given, else of `labelled`."""
    clean = split_images(dataset, roles, 0.0, seed, max_train=max_train, max_test=max_test)
    count = _count(dataset, roles, share, seen_classes, max_train)
    generator = np.random.default_rng(seed_sequence(subject(dataset.name, roles), seed, "labels"))
    anomalous = _anomalous_classes(dataset, roles)
    seen = np.sort(generator.permutation(anomalous)[:seen_classes])
    train = np.concatenate([clean.train_index, _in_shares(dataset, anomalous, seen, generator)[:count]])
    labels = np.where(dataset.classes[train] == dataset.class_names.index(roles.normal), NORMAL, ANOMALY)
    labels = labels.astype(np.int64)
    unseen = (clean.labels_test == ANOMALY) & ~np.isin(dataset.classes[clean.test_index], seen)
    return dataclasses.replace(
        clean,
        X_train=dataset.X[train],
        labels_train=labels,
        train_index=train,
        n_pool=int(np.isin(dataset.classes[~dataset.test], seen).sum()),
        labels_given=labels,
        seen_classes=tuple(dataset.class_names[number] for number in seen),
        test_unseen=None if seen_classes is None else unseen,
    )


def labelled_problems(
    dataset: ImageDataset,
    roles: Iterable[ClassRoles],
    share: float,
    seen_classes: int | None,
    max_train: int | None = None,
    max_test: int | None = None,
) -> list[str]:
    """Return one problem for each thing that the data cannot give; no image is touched."""
    problems = []
    for each in roles:
        found = image_problems(dataset, [each], [0.0], max_train, max_test)
        if not found:
            try:
                _count(dataset, each, share, seen_classes, max_train)
            except ParameterError as error:
                found = [str(error)]
        problems += found
    return list(dict.fromkeys(problems))


def _anomalous_classes(dataset: ImageDataset, roles: ClassRoles) -> NDArray[np.int64]:
    """Return the numbers of the classes that there are anomalies of to train on."""
    present = np.unique(dataset.classes[~dataset.test])
    return present[present != dataset.class_names.index(roles.normal)].astype(np.int64)


def _in_shares(
    dataset: ImageDataset, anomalous: NDArray[np.int64], seen: NDArray[np.int64], generator: np.random.Generator
) -> NDArray[np.int64]:
    """Return the training rows of the classes seen, in an order of which every beginning has the shares of the whole.

    The i-th of the n images of a class has its place at i / n of the way. Every class is shuffled, seen or not, so that
    what is drawn of one does not depend on which others are.
    """
    shuffled = {
        number: generator.permutation(np.flatnonzero(~dataset.test & (dataset.classes == number)))
        for number in anomalous.tolist()
    }
    rows = [shuffled[number] for number in generator.permutation(anomalous).tolist() if number in seen]
    places = [(np.arange(len(each)) + 0.5) / len(each) for each in rows]
    return np.concatenate(rows)[np.argsort(np.concatenate(places), kind="stable")]


def _count(
    dataset: ImageDataset, roles: ClassRoles, share: float, seen_classes: int | None, max_train: int | None
) -> int:
    """Return the number of labelled anomalies."""
    where = f"data set '{dataset.name}', class '{roles.normal}'"
    if not 0 < share < 1:
        raise ParameterError(f"{where}: labelled is {share!r}; it must be a share in (0, 1)")
    n_normals, _ = training_size(dataset, roles, max_train)
    sizes = np.sort([np.sum(~dataset.test & (dataset.classes == each)) for each in _anomalous_classes(dataset, roles)])
    if not len(sizes):
        raise ParameterError(f"{where} has no anomalies to train on: give a data set whose training split has some")
    if seen_classes is not None and not 1 <= seen_classes < len(sizes):
        raise ParameterError(_seen_problem(where, seen_classes, len(sizes)))
    # Which classes are seen, the seed says: even the smallest must do.
    n_pool = int(sizes[:seen_classes].sum())
    count = round(share * n_normals / (1 - share))
    if count > n_pool:
        fewest = "smallest" if seen_classes == 1 else f"{seen_classes} smallest"
        of = "" if seen_classes is None else f" in the {fewest} of its {len(sizes)} anomalous classes"
        largest = math.floor(1e4 * n_pool / (n_normals + n_pool)) / 1e4
        raise ParameterError(
            f"{where} cannot give labelled = {share:g}: beside {n_normals} normal images it takes {count} labelled "
            f"anomalies, and there are {n_pool}{of}; the largest is {largest:g}"
        )
    if count == 0:
        smallest = math.ceil(1e4 / (n_normals + 1)) / 1e4
        raise ParameterError(
            f"{where}: labelled = {share:g} is less than one labelled anomaly beside {n_normals} normal images; the "
            f"smallest is {smallest:g}"
        )
    return count


def _seen_problem(where: str, seen_classes: int, n_anomalous: int) -> str:
    if n_anomalous < 2:
        return f"{where} has 1 anomalous class, so that none can be unseen: use the labelled protocol"
    return (
        f"{where}: seen_classes is {seen_classes}, but it has {n_anomalous} anomalous classes, one of which at least "
        f"must stay unseen: give {'1' if n_anomalous == 2 else f'1 to {n_anomalous - 1}'}"
    )
