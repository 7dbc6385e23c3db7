"""Any data set by its name, a table or images, for sweeps."""

from __future__ import annotations

from dross.data.dataset import Dataset
from dross.data.named import dataset_names, load_dataset
from dross.data.named_images import ImageDataset, image_dataset_names, load_image_dataset
from dross.errors import did_you_mean


def load_named(name: str) -> Dataset | ImageDataset:
    """Return a data set of images or a table by its name.

    Parameters
    ----------
    name : str
        A name that ``dross datasets`` lists, in capitals or not.

    Raises
    ------
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
        return load_image_dataset(name)
    return load_dataset(name)
