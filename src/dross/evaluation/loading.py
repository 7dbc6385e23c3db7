"""Any data set by its name, a table or images, for sweeps."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from dross.data.dataset import Dataset
from dross.data.named import dataset_names, load_dataset
from dross.data.named_images import ImageDataset, image_dataset_names, load_image_dataset
from dross.errors import ParameterError, did_you_mean

#: How to get what has a publisher that anybody can fetch it from.
FETCH: Final = "run `make data` to fetch it from its publisher"


def load_named(name: str, *, size: int | None = None) -> Dataset | ImageDataset:
    """Return a data set of images or a table by its name.

    Parameters
    ----------
    name : str
        A name that ``dross datasets`` lists, in capitals or not.
    size : int or None, default None
        The side that images of inspected parts are read at instead of their usual size.

    Raises
    ------
    ParameterError
        If a set has one size, and another is asked for.
    DataError
        If nothing has that name (the nearest is suggested), or its files are not at hand.

    Examples
    --------
    >>> load_named("breast-cancer").X.shape
    (569, 30)
    """
    wanted = name.strip().lower()
    images = [item.name for item in image_dataset_names()]
    tables = {item.name.lower() for item in dataset_names()}
    if wanted in images or (wanted not in tables and did_you_mean(wanted, images)):
        return load_image_dataset(name, size=size)
    if size is not None:
        raise ParameterError(f"size is {size!r}; '{name}' is a table, which has none: leave it out")
    return load_dataset(name)


def not_at_hand(name: str) -> str | None:
    """Return how to get a data set that has no files here; ``None`` where it has some, or nothing has that name.

    Parameters
    ----------
    name : str
        A name that ``dross datasets`` lists, in capitals or not.

    Examples
    --------
    >>> not_at_hand("breast-cancer") is None, not_at_hand("no-such-set") is None
    (True, True)
    """
    wanted = name.strip().lower()
    for images in image_dataset_names():
        if images.name == wanted:
            # Files that are there, but not all of them, are not to be passed over.
            lacking = not images.available and not Path(images.where).exists()
            return (images.how_to_get or FETCH) if lacking else None
    tables = {item.name.lower(): item for item in dataset_names()}
    return FETCH if wanted in tables and not tables[wanted].available else None
