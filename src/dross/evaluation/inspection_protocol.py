"""How images of one product become a dirty training set and a test set: ``inspection``.

Data sets of inspection have no defects to train on. What contaminates is moved out of the test set, and never tested.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from dross.errors import ParameterError
from dross.evaluation.image_protocols import split_images
from dross.evaluation.seeding import seed_sequence
from dross.evaluation.split import Split
from dross.evaluation.variants import ClassRoles, subject

if TYPE_CHECKING:
    from dross.data.named_images import ImageDataset


def inspection(
    dataset: ImageDataset, contamination: float, seed: int, *, highest: float, max_train: int | None = None
) -> Split:
    """Split images of one product, and let defects of the official test set contaminate the training set.

    What is normal is the one class of the official training split. As many defects as ``highest`` takes are drawn
    anew for each seed and left out of the test set at every ratio, so that nothing but the contamination changes with
    it. With ``highest`` = 0 the test set is the official one.

    Parameters
    ----------
    dataset : ImageDataset
        Images with classes and an official test split, whose training split holds one class.
    contamination : float in [0, 0.5]
        Defects / training images, swapped in for normal images at a fixed training size.
    seed : int
        Seed of the split.
    highest : float in [0, 0.5]
        The highest ratio of the sweep.
    max_train : int or None, default None
        The training size; by default all training images.

    Raises
    ------
    ParameterError
        If the training split holds several classes, or there are too few defects; it says the largest ratio.

    References
    ----------
    Contaminants from the test set, which are then not tested: Jiang et al., "SoftPatch", NeurIPS 2022,
    arXiv:2403.14233.

    Examples
    --------
    >>> from dross.data.named_images import ImageDataset
    >>> classes, pictures = np.repeat([0, 1], [60, 30]), np.zeros((90, 4, 4, 1), dtype=np.uint8)
    >>> test = np.arange(90) >= 40
    >>> toys = ImageDataset("caps", pictures, classes, ("good", "cracked"), test, "", "made up", "none", ())
    >>> split = inspection(toys, 0.05, seed=0, highest=0.1)
    >>> split.n_train, split.n_contaminants, len(split.test_index), int(split.labels_test.sum())
    (40, 2, 46, 26)
    """
    moved = with_pool(dataset, highest, seed, max_train)
    return split_images(moved, ClassRoles(normal_class(dataset)), contamination, seed, max_train=max_train)


def normal_class(dataset: ImageDataset) -> str:
    """Return the name of the one class that the official training split holds.

    Raises
    ------
    ParameterError
        If it holds several classes.
    """
    found = np.unique(dataset.classes[~dataset.test])
    if len(found) != 1:
        named = ", ".join(f"'{dataset.class_names[number]}'" for number in found[:3]) or "none"
        raise ParameterError(
            f"data set '{dataset.name}': its training split holds {len(found)} classes ({named}); the inspection "
            "protocol takes sets that train on normal images alone: use one-vs-rest"
        )
    return dataset.class_names[int(found[0])]


def with_pool(dataset: ImageDataset, highest: float, seed: int, max_train: int | None = None) -> ImageDataset:
    """Return the data set with as many test defects counted as training images as the highest ratio takes.

    No more than two thirds of the defects are moved: the rest must tell something.
    """
    normal = normal_class(dataset)
    defects = np.flatnonzero(dataset.classes != dataset.class_names.index(normal))
    n_train = int((~dataset.test).sum()) if max_train is None else max_train
    count = min(round(highest * n_train), 2 * len(defects) // 3)
    generator = np.random.default_rng(seed_sequence(subject(dataset.name, ClassRoles(normal)), seed, "pool"))
    test = dataset.test.copy()
    test[generator.permutation(defects)[:count]] = False
    return dataclasses.replace(dataset, test=test)
