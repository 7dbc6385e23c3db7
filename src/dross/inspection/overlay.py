"""Pictures of score maps: an image in dark grey, under its map in colours that everybody can tell from grey."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

#: From where colour begins to where it is strongest: vermillion to yellow (Okabe and Ito, 2008). The image is dark, so
#: that what is brighter is more anomalous, whatever colours a reader can tell apart, and on white ground too.
_FIRST: Final = np.array([213.0, 94.0, 0.0])
_LAST: Final = np.array([240.0, 228.0, 66.0])
_DARK: Final = 0.6
_OPACITY: Final = 0.85

#: The outline of a defect that is known: sky blue, which no map has, with black around it for bright images.
_LINE: Final = (86, 180, 233)
_AROUND: Final = (0, 0, 0)


def overlay(image: NDArray[np.uint8], score_map: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    """Return an image in dark grey under its score map: vermillion where it is raised, yellow where it is highest.

    Parameters
    ----------
    image : array of shape (h, w, c), uint8
        The image.
    score_map : array of shape (h, w)
        Its map, higher = more anomalous.
    low, high : float
        Where colour begins, and from where on it is strongest. Pictures that shall compare have the same.

    Returns
    -------
    array of shape (h, w, 3), uint8

    Examples
    --------
    >>> grey = np.full((1, 2, 1), 100, dtype=np.uint8)
    >>> overlay(grey, np.array([[1.0, 3.0]]), 1.0, 2.0).tolist()
    [[[60, 60, 60], [213, 203, 65]]]
    """
    # Where no map is raised, there is nothing to colour.
    spread = max(high - low, np.finfo(np.float64).tiny)
    height = np.clip((np.asarray(score_map, dtype=np.float64) - low) / spread, 0.0, 1.0)[..., None]
    colour = _FIRST + height * (_LAST - _FIRST)
    strength = _OPACITY * np.minimum(1.0, 2.0 * height)
    grey = _DARK * image.mean(axis=2, keepdims=True)
    return np.rint(grey * (1.0 - strength) + colour * strength).astype(np.uint8)


def outlined(image: NDArray[np.uint8], mask: NDArray[np.bool_], width: int = 1) -> NDArray[np.uint8]:
    """Return an image in colour with a blue line, and a black one, around what the mask says is a defect.

    Parameters
    ----------
    image : array of shape (h, w, c), uint8
        Of one channel or three.
    mask : array of shape (h, w), bool
        What the lines go around: nothing of it is hidden.
    width : int, default 1
        Of each line, in pixels; more where the picture will be made smaller.

    Examples
    --------
    >>> defect = np.array([[True, False, False, False]])
    >>> outlined(np.full((1, 4, 1), 100, dtype=np.uint8), defect)[0, :, 0].tolist()
    [100, 86, 0, 100]
    """
    from scipy.ndimage import binary_dilation

    picture = np.array(np.broadcast_to(image, (*image.shape[:2], 3)))
    square = np.ones((2 * width + 1, 2 * width + 1), dtype=bool)
    near = binary_dilation(mask, square)
    picture[binary_dilation(near, square) & ~near] = _AROUND
    picture[near & ~mask] = _LINE
    return picture
