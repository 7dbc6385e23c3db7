"""How much like a line images are, in each direction: filters matched to thin dark or bright lines."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dross.inspection.score_map import grid_positions


def line_responses(
    images: NDArray[Any], width: float, length: float, n_directions: int, stride: int
) -> NDArray[np.float32]:
    """Return how much like a dark, and like a bright, line images are around the positions of a grid.

    A filter is a Gaussian along the line and the second derivative of one across it; of each cell of the grid the
    strongest response counts, since a line runs through few of its pixels. What a line adds up along its length, the
    grain of a surface does not.

    Parameters
    ----------
    images : array of shape (n, h, w, c)
        Bytes, or floats in [0, 1]; of colours their mean is looked at.
    width, length : float
        Standard deviations of the filter across the line and along it, in pixels.
    n_directions : int
        Directions, from 0 to 180 degrees.
    stride : int
        Pixels from one position to the next.

    Returns
    -------
    array of shape (n, n_rows, n_columns, 2 * n_directions), float32

    References
    ----------
    Chaudhuri, Chatterjee, Katz, Nelson and Goldbaum, "Detection of Blood Vessels in Retinal Images Using
    Two-Dimensional Matched Filters", IEEE Transactions on Medical Imaging 8 (1989); the second derivative across as in
    Steger, "An Unbiased Detector of Curvilinear Structures", IEEE PAMI 20 (1998).

    Examples
    --------
    >>> images = np.full((1, 32, 32, 1), 200, dtype=np.uint8)
    >>> images[:, 15:17] = 100
    >>> responses = line_responses(images, 1.0, 4.0, 4, 4)[0]
    >>> responses.shape, int(responses.max(axis=(0, 1)).argmax())  # dark, and along the first direction
    ((8, 8, 8), 0)
    """
    from scipy.fft import irfft2, rfft2

    grey = images.mean(axis=3, dtype=np.float32) / np.float32(255 if images.dtype == np.uint8 else 1)
    reach = int(np.ceil(3 * max(width, length)))
    padded = np.pad(grey, ((0, 0), (reach, reach), (reach, reach)), mode="symmetric")
    height, breadth = padded.shape[1:]
    spectrum = rfft2(padded)
    down = 2 * np.pi * np.fft.fftfreq(height)[:, None]
    right = 2 * np.pi * np.fft.rfftfreq(breadth)
    found = []
    for angle in np.pi * np.arange(n_directions) / n_directions:
        along, across = right * np.cos(angle) + down * np.sin(angle), down * np.cos(angle) - right * np.sin(angle)
        shape = -((width * across) ** 2) * np.exp(-0.5 * ((width * across) ** 2 + (length * along) ** 2))
        response = irfft2(spectrum * shape.astype(np.float32), s=(height, breadth))[:, reach:-reach, reach:-reach]
        found += [_highest(response, stride), _highest(-response, stride)]
    return np.stack(found, axis=3).astype(np.float32)


def _highest(images: NDArray[np.float32], stride: int) -> NDArray[np.float32]:
    """Return the highest value of images (n, h, w) in each cell of the grid."""
    for axis in (1, 2):
        positions = grid_positions(images.shape[axis], stride)
        images = np.maximum.reduceat(images, positions - positions[0], axis=axis)
    return images
