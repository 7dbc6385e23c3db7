"""Images at the size that they have: defects are small, and do not survive being made small."""

from __future__ import annotations

from typing import Any

from dross.data.images import Images
from dross.data.images.reading import array_of, is_array_like
from dross.representations.image_input import images_to_use


def images_in_full(X: Any, shape: tuple[int, int, int] | None = None) -> Images:
    """Return the images that ``X`` holds; those of an array at the size that they have.

    Other detectors make images of more than 64 pixels a side smaller; so are files here, which are to be read by
    :func:`dross.data.images.reading.read_images` with the size that is wanted.

    Parameters
    ----------
    X : Images, array of shape (n, h, w) or (n, h, w, c), or list of paths
        Bytes, or floats in [0, 1]; grey or RGB.
    shape : tuple of int or None, default None
        Height, width and channels of the images that a detector was fitted on; ``None``: any.

    Raises
    ------
    DataError
        If there are none.
    SchemaError
        If they have another shape.

    Examples
    --------
    >>> import numpy as np
    >>> images_in_full(np.zeros((2, 128, 96), dtype=np.uint8)).shape
    (2, 128, 96, 1)
    """
    if not is_array_like(X):
        return images_to_use(X, shape)
    array = array_of(X)
    of_images = array.ndim in (3, 4) and 0 not in array.shape
    return images_to_use(array, shape, size=(array.shape[1], array.shape[2]) if of_images else None)
