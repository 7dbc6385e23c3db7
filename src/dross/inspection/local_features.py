"""What an image looks like around a position: colours, edges by direction, and contrast, each at several scales.

Nothing here is learned, neither from the images nor, before, from others: it is what is left of the features that
PaDiM and PatchCore take from a network trained on ImageNet, where no such network is allowed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dross.inspection.score_map import gaussian_weights, grid_positions


def local_features(images: NDArray[Any], scales: tuple[float, ...], stride: int) -> NDArray[np.float32]:
    """Return what images look like around the positions of a grid.

    For each scale: the mean of each colour; the mean strength of edges to the left, to the right, upwards and
    downwards (brightening that way), and of all; and the contrast, which is the deviation from the local mean. All
    means are Gaussian, with the scale as standard deviation, and edges are of the image under half of it.

    Parameters
    ----------
    images : array of shape (n, h, w, c)
        Bytes, or floats in [0, 1].
    scales : tuple of float
        In pixels.
    stride : int
        Pixels from one position to the next.

    Returns
    -------
    array of shape (n, n_rows, n_columns, len(scales) * (c + 6)), float32

    References
    ----------
    Edges by direction, averaged around a position: Lowe, "Distinctive Image Features from Scale-Invariant Keypoints",
    IJCV 2004; Dalal and Triggs, "Histograms of Oriented Gradients for Human Detection", CVPR 2005.

    Examples
    --------
    >>> local_features(np.zeros((2, 16, 24, 3), dtype=np.uint8), (1.0, 2.0), 4).shape
    (2, 4, 6, 18)
    """
    pixels = np.moveaxis(_as_floats(images), 3, 1)
    grey = pixels.mean(axis=1)
    found = []
    for scale in scales:
        contrast = np.square(grey - _means(grey, scale, 1))
        squares = _means(contrast[:, None], scale, stride)
        found += [_means(pixels, scale, stride), _means(_edges(grey, scale), scale, stride), np.sqrt(squares)]
    return np.moveaxis(np.concatenate(found, axis=1), 1, 3)


def _as_floats(images: NDArray[Any]) -> NDArray[np.float32]:
    return images.astype(np.float32) / np.float32(255 if images.dtype == np.uint8 else 1)


def _edges(grey: NDArray[np.float32], scale: float) -> NDArray[np.float32]:
    """Return the edges of images (n, h, w) in four directions, and their strength in all, shape (n, 5, h, w)."""
    soft = _means(grey, scale / 2, 1)
    down, right = (_differences(soft, axis) for axis in (1, 2))
    parts = [np.maximum(right, 0), np.maximum(-right, 0), np.maximum(down, 0), np.maximum(-down, 0)]
    return np.stack([*parts, np.hypot(down, right)], axis=1)


def _differences(images: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """Return half the difference of the two neighbours along an axis; 0 at the ends, where there is but one."""
    found = np.zeros_like(images)
    inner, outer = np.moveaxis(found, axis, 0), np.moveaxis(images, axis, 0)
    inner[1:-1] = (outer[2:] - outer[:-2]) / 2
    return found


def _means(images: NDArray[np.float32], scale: float, stride: int) -> NDArray[np.float32]:
    """Return the Gaussian means of images (..., h, w) around the positions of a grid."""
    down, right = (gaussian_weights(side, scale, grid_positions(side, stride)) for side in images.shape[-2:])
    return np.asarray(down @ images @ right.T)
