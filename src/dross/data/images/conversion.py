"""Arrays as users have them made into what networks take: uint8, channels last, of one size."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dross.errors import DataError


def check_array(array: NDArray[Any], source: str) -> None:
    """Raise unless an array has the shape and the type of images; its values are not looked at.

    Parameters
    ----------
    array : array
        (n, height, width) or (n, height, width, channels), channels 1 or 3, of uint8 or floating-point numbers.
    source : str
        What the message calls it.

    Raises
    ------
    DataError
        With what it has instead, and what to do.
    """
    shape = array.shape
    if array.dtype == object:
        raise DataError(
            f"{source}: Python objects, perhaps images of differing sizes: give an array (n, height, width, channels), "
            "or the files themselves, which are resized to one size"
        )
    if array.ndim not in (3, 4):
        raise DataError(
            f"{source}: an array of shape {shape}, but images are (n, height, width) or (n, height, width, channels)"
        )
    if array.ndim == 4 and shape[3] not in (1, 3):
        where = "; its channels come first: give array.transpose(0, 2, 3, 1)" if shape[1] in (1, 3) else ""
        raise DataError(
            f"{source}: an array of shape {shape} has {shape[3]} channels: grey images have 1, RGB images 3{where}"
        )
    if 0 in shape:
        raise DataError(f"{source}: an array of shape {shape} has no pixels: there is nothing to read")
    if array.dtype != np.uint8 and array.dtype.kind != "f":
        raise DataError(
            f"{source}: an array of {array.dtype}: give uint8 from 0 to 255 (array.astype('uint8')), or floats in "
            "[0, 1]"
        )


def check_floats(block: NDArray[Any], source: str, first: int = 0) -> None:
    """Raise unless floating-point pixels lie in [0, 1].

    Raises
    ------
    DataError
        With the first image that has others.
    """
    wrong = ~((block >= 0) & (block <= 1)).reshape(len(block), -1).all(axis=1)
    if not wrong.any():
        return
    image = int(np.flatnonzero(wrong)[0])
    pixels = block[image]
    if not np.isfinite(pixels).all():
        raise DataError(
            f"{source}: image {first + image} has pixels that are not finite: float images must lie in [0, 1]"
        )
    raise DataError(
        f"{source}: image {first + image} has values from {pixels.min():.4g} to {pixels.max():.4g}: float images must "
        "lie in [0, 1]; divide by the largest value that a pixel can have, or give uint8 from 0 to 255"
    )


def to_uint8(block: NDArray[Any]) -> NDArray[np.uint8]:
    """Return images as uint8; floats in [0, 1] become 0 to 255.

    Examples
    --------
    >>> to_uint8(np.array([[[0.0, 0.5, 1.0]]])).tolist()
    [[[0, 128, 255]]]
    """
    return block if block.dtype == np.uint8 else np.rint(block * np.float32(255)).astype(np.uint8)


def convert(block: NDArray[Any], shape: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Return images as uint8 of a shape: with its channels, resized with antialiasing where the size differs.

    Parameters
    ----------
    block : array of shape (m, height, width) or (m, height, width, channels)
        uint8, or floats in [0, 1].
    shape : tuple of int
        Height, width and channels.

    Examples
    --------
    >>> convert(np.full((2, 4, 4), 7, dtype=np.uint8), (2, 2, 3)).shape
    (2, 2, 2, 3)
    """
    images = to_uint8(block)
    if images.ndim == 3:
        images = images[..., np.newaxis]
    if images.shape[1:3] != shape[:2]:
        images = resized(images, shape[0], shape[1])
    if images.shape[3] == shape[2]:
        return images
    if shape[2] == 3:
        return np.repeat(images, 3, axis=3)
    grey = images @ np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R 601-2, as Pillow does it
    return np.rint(grey).astype(np.uint8)[..., np.newaxis]


def resized(images: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """Return uint8 images (m, h, w, c) resized with antialiasing, without cropping.

    Examples
    --------
    >>> resized(np.full((1, 9, 5, 1), 3, dtype=np.uint8), 4, 4).ravel().tolist()
    [3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3]
    """
    from PIL import Image

    result = np.empty((len(images), height, width, images.shape[3]), dtype=np.uint8)
    for image, place in zip(images, result, strict=True):
        small = Image.fromarray(image.squeeze(2) if image.shape[2] == 1 else image).resize(
            (width, height), Image.Resampling.BILINEAR
        )
        place[...] = np.asarray(small).reshape(place.shape)
    return result
