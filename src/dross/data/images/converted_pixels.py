"""Images brought to another shape while they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import final

import numpy as np
from numpy.typing import NDArray

from dross.data.images.conversion import convert
from dross.data.images.pixels import AbstractPixels, Rows


@final
class ConvertedPixels(AbstractPixels):
    """Other pixels, resized, and made grey or RGB, as they are read.

    Parameters
    ----------
    pixels : AbstractPixels
        The others.
    shape : tuple of int
        Height, width and channels of what is handed out.
    """

    def __init__(self, pixels: AbstractPixels, shape: tuple[int, int, int]) -> None:
        self._pixels = pixels
        self.shape = (pixels.shape[0], *shape)

    def blocks(self, wanted: Iterable[Rows]) -> Iterator[NDArray[np.uint8]]:
        """Yield the images of each array of numbers, converted."""
        for block in self._pixels.blocks(wanted):
            yield convert(block, self.shape[1:])

    def packed(self, rows: Rows) -> tuple[AbstractPixels, Rows]:
        """Return what the others return."""
        pixels, there = self._pixels.packed(rows)
        return ConvertedPixels(pixels, self.shape[1:]), there
