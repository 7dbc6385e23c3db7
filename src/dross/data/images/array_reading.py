"""Images from an array: checked, and left where they are unless they have to be converted."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dross.data.images.array_pixels import ArrayPixels, MappedPixels
from dross.data.images.conversion import check_array, check_floats, convert
from dross.data.images.images import Images
from dross.data.images.pixels import AbstractPixels
from dross.data.images.sizing import HELD_BYTES, Size, check_size_and_channels, fits_memory, target_size

_BLOCK: Final = 1024


def images_of_array(
    array: NDArray[Any],
    source: str,
    *,
    size: Size | None = None,
    channels: int | None = None,
    held_bytes: int = HELD_BYTES,
) -> Images:
    """Return the images of an array.

    An array that is as it should be is not copied; one mapped from a file stays there. Otherwise the images are
    converted now when the result fits the budget, else each time they are read.

    Parameters
    ----------
    array : array of shape (n, height, width) or (n, height, width, channels)
        uint8, or floats in [0, 1].
    source : str
        What messages call it.
    size, channels, held_bytes : as for :func:`dross.data.images.reading.read_images`

    Raises
    ------
    DataError
        If these are no images.

    Examples
    --------
    >>> images_of_array(np.ones((3, 40, 50)), "the images").read().max()
    np.uint8(255)
    """
    check_size_and_channels(size, channels)
    check_array(array, source)
    if array.dtype != np.uint8:
        for start in range(0, len(array), _BLOCK):
            check_floats(array[start : start + _BLOCK], source, start)
    stored = int(array.shape[3]) if array.ndim == 4 else 1
    shape = (*target_size([(array.shape[1], array.shape[2])], size), channels or stored)
    pixels: AbstractPixels = _mapped(array, shape) or ArrayPixels(array, shape)
    as_stored = array.dtype == np.uint8 and shape == (*array.shape[1:3], stored)
    if not as_stored and fits_memory(pixels.shape, held_bytes):
        held = np.empty(pixels.shape, dtype=np.uint8)
        for start in range(0, len(array), _BLOCK):
            held[start : start + _BLOCK] = convert(array[start : start + _BLOCK], shape)
        pixels = ArrayPixels(held, shape)
    return Images(pixels)


def _mapped(array: NDArray[Any], shape: tuple[int, int, int]) -> MappedPixels | None:
    """Return the pixels of an array that is the whole map of a file, to be read from there.

    Where in the file a part of a map begins is not told, and what was written to a map that keeps its changes to
    itself is not in the file.
    """
    if not isinstance(array, np.memmap) or not _is_whole_map(array):
        return None
    return MappedPixels(Path(str(array.filename)), int(array.offset), array.dtype, array.shape, shape)


def _is_whole_map(array: np.memmap) -> bool:
    named = array.filename is not None and array.mode != "c"
    return named and array.flags.c_contiguous and isinstance(array.base, mmap.mmap)
