"""What can hand out the pixels of images by their numbers, wherever they are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]


class AbstractPixels(ABC):
    """The pixels of n images of one shape: in memory, in one file, or in a file each.

    Attributes
    ----------
    shape : tuple of int
        (n, height, width, channels) of what is handed out.
    """

    shape: tuple[int, int, int, int]

    @abstractmethod
    def blocks(self, wanted: Iterable[Rows]) -> Iterator[NDArray[np.uint8]]:
        """Yield the images of each array of numbers, in order, as uint8 of shape (m, height, width, channels).

        What is yielded may be a view of what is held: nobody may write to it.
        """

    @abstractmethod
    def packed(self, rows: Rows) -> tuple[AbstractPixels, Rows]:
        """Return pixels that are cheap to send to another process and hold these images, and their numbers there."""
