"""What every representation of images takes, and what it says of anything else."""

from __future__ import annotations

import warnings
from typing import Any

from dross.data.images import Images, as_images
from dross.data.images.reading import array_of, is_array_like
from dross.data.images.sizing import DEFAULT_SIZE, Size
from dross.errors import DataError, SchemaError, SizeWarning


def images_to_use(X: Any, shape: tuple[int, int, int] | None = None, *, size: Size | None = None) -> Images:
    """Return the images that ``X`` holds, at least one.

    Parameters
    ----------
    X : Images, array of shape (n, h, w) or (n, h, w, c), or list of paths
        Bytes, or floats in [0, 1]; grey or RGB.
    shape : tuple of int or None, default None
        Height, width and channels of the images that a representation was fitted on; ``None``: any.
    size : int or None, default None
        The side to resize to, where they are not to stay as they are.

    Raises
    ------
    DataError
        If there are none.
    SchemaError
        If they have another shape.

    Warns
    -----
    SizeWarning
        If images to learn from (``shape`` is ``None``) are made smaller and ``size`` was not given.

    Examples
    --------
    >>> import numpy as np
    >>> images_to_use(np.zeros((2, 8, 8), dtype=np.uint8)).shape
    (2, 8, 8, 1)
    """
    images = as_images(X, size=size) if shape is None or size is not None else _as_fitted(X, shape)
    if len(images) == 0:
        raise DataError("there are no images: give one or more")
    if shape is not None and images.shape[1:] != shape:
        raise SchemaError(
            f"the images are {described(images.shape[1:])}, but those it was fitted on {described(shape)}: give images "
            "of that size and colour"
        )
    return images


def _as_fitted(X: Any, shape: tuple[int, int, int]) -> Images:
    """Return new images, treated as those were that a representation was fitted on."""
    if max(shape[:2]) <= DEFAULT_SIZE:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SizeWarning)  # it was said when these were fitted on
            return as_images(X)
    if not is_array_like(X):
        return as_images(X, size=shape[:2])
    array = array_of(X)
    of_images = array.ndim in (3, 4) and 0 not in array.shape
    return as_images(array, size=(array.shape[1], array.shape[2]) if of_images else None)


def described(shape: tuple[int, ...]) -> str:
    """Return the size and the colour of an image in words.

    Examples
    --------
    >>> described((28, 20, 1))
    '20x28 grey'
    """
    height, width, channels = shape
    return f"{width}x{height} {'grey' if channels == 1 else 'RGB'}"
