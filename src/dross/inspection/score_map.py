"""Score maps: how anomalous an image is where; smoothed, at the size of the image, and made one score of the image."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: A Gaussian is cut off so many standard deviations from its middle.
_REACH = 4.0


def gaussian_weights(n_pixels: int, sigma: float, positions: NDArray[Any] | None = None) -> NDArray[np.float32]:
    """Return the weights that pixels in a row have in Gaussian means around positions; each mean's sum to 1.

    At the ends, where a part of the Gaussian lies outside, what is inside weighs the more.

    Parameters
    ----------
    n_pixels : int
        Pixels in the row.
    sigma : float
        Standard deviation of the Gaussian in pixels; 0: the nearest pixel alone.
    positions : array of shape (m,) or None, default None
        Where means are taken; ``None``: at each pixel.

    Returns
    -------
    array of shape (m, n_pixels), float32

    Examples
    --------
    >>> gaussian_weights(3, 0.5).round(2)
    array([[0.88, 0.12, 0.  ],
           [0.11, 0.79, 0.11],
           [0.  , 0.12, 0.88]], dtype=float32)
    """
    at = np.arange(n_pixels) if positions is None else np.asarray(positions)
    distances = at[:, None] - np.arange(n_pixels)
    if sigma == 0:
        return (distances == 0).astype(np.float32)
    weights = np.where(np.abs(distances) <= _REACH * sigma, np.exp(-0.5 * np.square(distances / sigma)), 0.0)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def grid_positions(n_pixels: int, stride: int) -> NDArray[np.int64]:
    """Return every ``stride``-th pixel of a row, the first half a stride from its beginning.

    Examples
    --------
    >>> grid_positions(10, 4).tolist(), grid_positions(1, 4).tolist()
    ([2, 6], [0])
    """
    first = min(stride // 2, (n_pixels - 1) // 2)
    return np.arange(first, n_pixels, stride)


def smoothed(maps: NDArray[Any], sigma: float) -> NDArray[np.float32]:
    """Return maps (n, h, w) under a Gaussian of standard deviation ``sigma`` pixels.

    Examples
    --------
    >>> smoothed(np.ones((1, 3, 3)), 1.0).round(3).ravel().tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    """
    found = np.asarray(maps, dtype=np.float32)
    if sigma == 0:
        return found
    down, right = (gaussian_weights(side, sigma) for side in found.shape[1:])
    return np.asarray(down @ found @ right.T)


def enlarged(maps: NDArray[Any], height: int, width: int, stride: int) -> NDArray[np.float32]:
    """Return maps on a grid of positions as maps of pixels, linearly between the positions.

    Parameters
    ----------
    maps : array of shape (n, len(grid_positions(height, stride)), len(grid_positions(width, stride)))
        One value a position.
    height, width, stride : int
        Of the image, and of the grid that was laid over it.

    Examples
    --------
    >>> enlarged(np.array([[[0.0, 4.0]]]), 1, 8, 4)[0, 0].tolist()
    [0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 4.0, 4.0]
    """
    found = np.asarray(maps, dtype=np.float32)
    return np.asarray(_between(height, stride) @ found @ _between(width, stride).T)


def top_share_means(maps: NDArray[Any], share: float) -> NDArray[np.float64]:
    """Return the mean of each map's highest values, shape (n,): the anomaly score of the image.

    Parameters
    ----------
    maps : array of shape (n, h, w)
        Higher = more anomalous.
    share : float in (0, 1]
        The share of the pixels that count, rounded, and one at least: the share of an image that a defect covers, or
        less. Of all pixels the mean would hide a small defect, and the highest one alone is noise.

    Examples
    --------
    >>> top_share_means(np.array([[[1.0, 2.0], [3.0, 4.0]]]), 0.5).tolist()
    [3.5]
    """
    values = np.asarray(maps).reshape(len(maps), -1)
    count = max(1, round(share * values.shape[1]))
    return np.sort(np.partition(values, -count, axis=1)[:, -count:], axis=1).mean(axis=1, dtype=np.float64)


def _between(n_pixels: int, stride: int) -> NDArray[np.float32]:
    """Return the weights of grid positions at each pixel, shape (n_pixels, n_positions)."""
    at = grid_positions(n_pixels, stride)
    columns = [np.interp(np.arange(n_pixels), at, unit) for unit in np.eye(len(at))]
    return np.stack(columns, axis=1).astype(np.float32)
