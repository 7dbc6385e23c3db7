"""Several sets of parts mixed into one folder that nobody has sorted: ``mixed-inspection``.

Which set an image comes from must not show in anything but the part in it, so that all are brought to one size and to
grey. Nobody is told the sets: they measure how the folder was sorted, and how well each of them is ranked for itself.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from dross.data.images import as_images
from dross.data.named_images import ImageDataset
from dross.errors import DataError, DrossError, ParameterError, raise_gathered
from dross.evaluation.inspection_protocol import normal_class

if TYPE_CHECKING:
    from dross.evaluation.plan import Loader, Sweep

#: What the mixed folder is called in results.
MIXED: Final = "mixed"
#: Height, width and channels that all images are brought to.
MIXED_SHAPE: Final = (128, 128, 1)


def mix(datasets: Sequence[ImageDataset]) -> ImageDataset:
    """Return the images of several sets as one, grey and of one size, with the number of the set each comes from.

    Classes are ``good``, the one class that each set trains on, and ``defective``. Masks are left out.

    Parameters
    ----------
    datasets : sequence of ImageDataset
        Two or more, each of which trains on one class.

    Raises
    ------
    ParameterError
        If there is one set alone, or one trains on several classes.

    Examples
    --------
    >>> tops, caps = (
    ...     ImageDataset(name, np.zeros((4, 8, 8, 3), np.uint8), np.array([0, 0, 0, 1]), ("good", "bent"),
    ...                  np.array([False, False, True, True]), "", "made up", "none")
    ...     for name in ("tops", "caps")
    ... )
    >>> both = mix([tops, caps])
    >>> both.X.shape, both.categories.tolist(), both.category_names
    ((8, 128, 128, 1), [0, 0, 1, 1, 0, 0, 1, 1], ('tops', 'caps'))
    """
    if len(datasets) < 2:
        names = ", ".join(f"'{dataset.name}'" for dataset in datasets) or "nothing"
        raise ParameterError(f"a mixed folder takes two sets or more, found {names}: take inspection for one")
    goods = [dataset.class_names.index(normal_class(dataset)) for dataset in datasets]
    X = np.concatenate(
        [as_images(dataset.X, size=MIXED_SHAPE[:2]).converted(MIXED_SHAPE).read() for dataset in datasets]
    )
    classes = np.concatenate([dataset.classes != good for dataset, good in zip(datasets, goods, strict=True)])
    categories = np.repeat(np.arange(len(datasets)), [dataset.n_images for dataset in datasets])
    test = np.concatenate([dataset.test for dataset in datasets])
    order = np.argsort(test, kind="stable")  # those that train come first
    checksum = hashlib.sha256("".join(dataset.checksum for dataset in datasets).encode())
    return ImageDataset(
        MIXED,
        X[order],
        classes[order].astype(np.int64),
        ("good", "defective"),
        test[order],
        checksum.hexdigest(),
        _told_once(dataset.source for dataset in datasets),
        _told_once(dataset.licence for dataset in datasets),
        (
            f"{', '.join(dataset.name for dataset in datasets)}, all grey and of {MIXED_SHAPE[0]} x {MIXED_SHAPE[1]} "
            "pixels",
            *dict.fromkeys(note for dataset in datasets for note in dataset.notes),
        ),
        categories=categories[order],
        category_names=tuple(dataset.name for dataset in datasets),
    )


def subjects(sweep: Sweep) -> tuple[str, ...]:
    """Return the names of what the runs of a sweep are on: its data sets, or the one folder that these are mixed to."""
    return (MIXED,) if sweep.protocol == "mixed-inspection" else sweep.datasets


def loader_for(sweep: Sweep, load: Loader) -> Loader:
    """Return what loads the :func:`subjects` of a sweep, by what loads its data sets."""
    if sweep.size is not None:
        return functools.partial(load, size=sweep.size)
    return (lambda _: _mixed(sweep.datasets, load)) if sweep.protocol == "mixed-inspection" else load


def _mixed(names: Sequence[str], load: Loader) -> ImageDataset:
    datasets, problems = [], []
    for name in names:
        try:
            dataset = load(name)
        except DrossError as error:
            problems.append(str(error))
            continue
        if isinstance(dataset, ImageDataset):
            datasets.append(dataset)
        else:
            problems.append(f"'{name}' is a table; mixed-inspection takes sets of images")
    raise_gathered(problems, DataError)
    return mix(datasets)


def _told_once(words: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(words))
