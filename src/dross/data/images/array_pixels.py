"""Images that are one array already: in memory, or mapped from a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, final

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dross.data.images.conversion import convert
from dross.data.images.pixels import AbstractPixels, Rows


@final
class ArrayPixels(AbstractPixels):
    """Images in memory, of any size and type that images may have; converted when they are read.

    Parameters
    ----------
    array : array of shape (n, height, width) or (n, height, width, channels)
        uint8, or floats in [0, 1].
    shape : tuple of int
        Height, width and channels of what is handed out.
    """

    def __init__(self, array: NDArray[Any], shape: tuple[int, int, int]) -> None:
        # Torch takes no array that runs backwards in memory.
        self._array = array.copy() if min(array.strides) < 0 else array
        self.shape = (len(array), *shape)

    def blocks(self, wanted: Iterable[Rows]) -> Iterator[NDArray[np.uint8]]:
        """Yield the images of each array of numbers; consecutive ones are not copied."""
        for rows in wanted:
            yield convert(taken(self._array, rows), self.shape[1:])

    def packed(self, rows: Rows) -> tuple[AbstractPixels, Rows]:
        """Return these images alone."""
        return ArrayPixels(taken(self._array, rows), self.shape[1:]), np.arange(len(rows), dtype=np.intp)


@final
class MappedPixels(AbstractPixels):
    """Images in one file of plain numbers, mapped into memory while they are read, and only then.

    A map that stayed would count as memory of this process more and more, as its pages are read. To another process
    goes only the path.

    Parameters
    ----------
    path : Path
        The file.
    offset : int
        Where in it the numbers begin.
    dtype : dtype
        Their type: uint8, or floats in [0, 1].
    stored_shape : tuple of int
        (n, height, width) or (n, height, width, channels), in C order.
    shape : tuple of int
        Height, width and channels of what is handed out.
    """

    def __init__(
        self, path: Path, offset: int, dtype: DTypeLike, stored_shape: tuple[int, ...], shape: tuple[int, int, int]
    ) -> None:
        self._path = path
        self._offset = offset
        self._dtype = np.dtype(dtype)
        self._stored_shape = stored_shape
        self.shape = (stored_shape[0], *shape)

    def mapped(self) -> NDArray[Any]:
        """Return the numbers as they are stored, mapped read-only."""
        return np.memmap(self._path, self._dtype, "r", self._offset, self._stored_shape)

    def blocks(self, wanted: Iterable[Rows]) -> Iterator[NDArray[np.uint8]]:
        """Yield the images of each array of numbers, copied out of the file."""
        for rows in wanted:
            yield np.array(convert(taken(self.mapped(), rows), self.shape[1:]))

    def packed(self, rows: Rows) -> tuple[AbstractPixels, Rows]:
        """Return the pixels as they are: only the path is sent."""
        return self, rows


def taken(array: NDArray[Any], rows: Rows) -> NDArray[Any]:
    """Return the images with these numbers: without copying where they follow each other.

    Examples
    --------
    >>> images = np.zeros((5, 2, 2))
    >>> np.shares_memory(taken(images, np.arange(1, 4)), images), len(taken(images, np.array([0, 4])))
    (True, 2)
    """
    if len(rows) and rows[-1] - rows[0] == len(rows) - 1 and (np.diff(rows) == 1).all():
        return array[rows[0] : rows[-1] + 1]
    return array[rows]
