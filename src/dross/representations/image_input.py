"""What every representation of images takes, and what it says of anything else."""

from __future__ import annotations

from typing import Any

from dross.data.images import Images, as_images
from dross.data.images.sizing import Size
from dross.errors import DataError, SchemaError


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

    Examples
    --------
    >>> import numpy as np
    >>> images_to_use(np.zeros((2, 8, 8), dtype=np.uint8)).shape
    (2, 8, 8, 1)
    """
    images = as_images(X, size=size)
    if len(images) == 0:
        raise DataError("there are no images: give one or more")
    if shape is not None and images.shape[1:] != shape:
        raise SchemaError(
            f"the images are {described(images.shape[1:])}, but those it was fitted on {described(shape)}: give images "
            "of that size and colour"
        )
    return images


def described(shape: tuple[int, ...]) -> str:
    """Return the size and the colour of an image in words.

    Examples
    --------
    >>> described((28, 20, 1))
    '20x28 grey'
    """
    height, width, channels = shape
    return f"{width}x{height} {'grey' if channels == 1 else 'RGB'}"
