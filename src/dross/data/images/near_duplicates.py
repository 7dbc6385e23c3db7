"""Images that are the same or nearly so: copies, and copies that were saved again or made another size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from dross.data.images.conversion import resized
from dross.data.images.images import Images

#: Images are compared at this size, at which what compression and resizing change is gone.
SIDE: Final = 16
#: The largest root mean square difference, in levels of 0 to 255, at which images are nearly the same.
NEAR: Final = 6.0
_BLOCK: Final = 1024


@final
@dataclass(frozen=True)
class DuplicatePair:
    """An image of one list and one of another that are the same, or nearly.

    Parameters
    ----------
    first, second : int
        Their numbers in the two lists.
    difference : float
        Root mean square difference of the small images, in levels of 0 to 255; 0 is the same.
    """

    first: int
    second: int
    difference: float


def duplicate_pairs(first: Images, second: Images, *, limit: float = NEAR) -> list[DuplicatePair]:
    """Return every pair of an image of one list and one of the other that differ by no more than a limit.

    Use it on the two parts of a split, to find test images that were trained on. It does not see crops, turns and
    mirrored copies.

    Parameters
    ----------
    first, second : Images
        Of the same number of channels.
    limit : float, default 6.0
        The largest root mean square difference, in levels of 0 to 255, at 16 x 16 pixels.

    Returns
    -------
    list of DuplicatePair
        The most alike first.

    Examples
    --------
    >>> from dross.data.images.images import as_images
    >>> pictures = np.random.default_rng(0).integers(0, 256, (6, 20, 20, 3), dtype=np.uint8)
    >>> [(pair.first, pair.second) for pair in duplicate_pairs(as_images(pictures[:4]), as_images(pictures[3:]))]
    [(3, 0)]
    """
    one, other = _small(first), _small(second)
    squares = np.einsum("ij,ij->i", other, other)
    found = []
    for start in range(0, len(one), _BLOCK):
        block = one[start : start + _BLOCK]
        # In single precision the difference of large squares would not come to 0 for the same image: check below.
        distances = np.einsum("ij,ij->i", block, block)[:, np.newaxis] + squares - 2 * block @ other.T
        rows, columns = np.nonzero(distances <= one.shape[1] * (limit + 1) ** 2)
        exact = np.sqrt(np.mean((block[rows] - other[columns]) ** 2, axis=1))
        found += [
            DuplicatePair(start + int(row), int(column), float(difference))
            for row, column, difference in zip(rows, columns, exact, strict=True)
            if difference <= limit
        ]
    return sorted(found, key=lambda pair: (pair.difference, pair.first, pair.second))


def _small(images: Images) -> NDArray[np.float32]:
    blocks = [resized(block, SIDE, SIDE).reshape(len(block), -1) for block in images.batches(_BLOCK)]
    return np.concatenate(blocks).astype(np.float32)
