"""What there is: data sets with a name, and detectors with what each assumes."""

from __future__ import annotations

import os

from dross.catalog import CATALOG, Entry
from dross.data.named import NamedDataset, dataset_names
from dross.data.named_images import NamedImages, image_dataset_names


def datasets(folder: str | os.PathLike[str] | None = None) -> list[NamedDataset]:
    """Return every table that has a name, with its size, licence and whether it is at hand.

    Parameters
    ----------
    folder : path, optional
        The data folder; by default ``$DROSS_DATA``, else ``./data``.

    Examples
    --------
    >>> [item.n_features for item in datasets() if item.name == "breast-cancer"]
    [30]
    """
    return dataset_names(folder)


def image_datasets(folder: str | os.PathLike[str] | None = None) -> list[NamedImages]:
    """Return every image set that has a name, with its size, classes, licence and whether it is at hand.

    Parameters
    ----------
    folder : path, optional
        The data folder; by default ``$DROSS_DATA``, else ``./data``.

    Examples
    --------
    >>> [item.class_names[3] for item in image_datasets() if item.name == "cifar10"]
    ['cat']
    """
    return image_dataset_names(folder)


def how_to_get(images: NamedImages) -> str:
    """Return what to do for an image set that is not at hand.

    Examples
    --------
    >>> how_to_get(image_datasets("nowhere")[1])
    '`make data` fetches cifar10'
    """
    return images.how_to_get or f"`make data` fetches {images.name}"


def detectors() -> list[Entry]:
    """Return every detector of the catalogue, with what it assumes of its training data.

    Examples
    --------
    >>> "isolation-forest" in [entry.name for entry in detectors()]
    True
    """
    return list(CATALOG.values())
