"""Matched filters: lines that do not belong on a surface, such as cracks and scratches."""

from __future__ import annotations

from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray

from dross.data.images import Images
from dross.inspection.line_responses import line_responses
from dross.inspection.patch_base import AbstractPatchDetector
from dross.parameters import count_problems, positive_problems

#: A response that deviates by less than this (of grey in [0, 1]) does not vary.
_LEAST_SPREAD = 1e-6


@final
class MatchedFilters(AbstractPatchDetector):
    """Score each position of an image by how much more like a line it is than normal ones, and than its own image is.

    Use it for cracks and scratches on grainy surfaces, where each pixel of a line is nothing unusual and only all of
    them together are. Do not use it for defects that are no lines: it hardly sees them; beside a detector that does,
    ``SurfaceDefects`` has both.

    Responses are measured in deviations from the mean at their position, so that lines that belong there do not count,
    and then by the mean and deviation in the image itself, since surfaces differ in their grain.

    It assumes training images nearly free of defects.

    Parameters
    ----------
    width : float, default 2
        Half the width of the lines to be found, in pixels.
    length : float, default 12
        Along how many pixels, either way, a line is added up.
    n_directions : int, default 8
        Directions that are looked in, from 0 to 180 degrees.
    stride : int, default 4
        Pixels from one position to the next.
    smoothing : float, default 0
        Standard deviation, in pixels, of the Gaussian that smooths the map.
    top_share : float in (0, 1], default 0.01
        The share of a map's pixels, its highest, whose mean is the score of the image.
    contamination : float in (0, 0.5] or "auto", default "auto"
        The share of the training set to raise an alarm on, which sets ``offset_``; ``"auto"``: Tukey's outer fence of
        the scores that training images would have had if each had been left out of training.

    Attributes
    ----------
    image_shape_ : tuple of int
        Height, width and channels of an image.
    n_samples_fit_ : int
        How many images it was fitted on.
    means_, spreads_ : arrays of shape (n_rows, n_columns, 2 * n_directions)
        The mean and the standard deviation of the responses at each position.

    References
    ----------
    Chaudhuri, Chatterjee, Katz, Nelson and Goldbaum, "Detection of Blood Vessels in Retinal Images Using
    Two-Dimensional Matched Filters", IEEE Transactions on Medical Imaging 8 (1989).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> images = rng.integers(60, 200, size=(20, 48, 48, 1), dtype=np.uint8)
    >>> cracked = images[:1].copy()
    >>> cracked[:, 30:32, 10:40] = cracked[:, 30:32, 10:40] // 2
    >>> detector = MatchedFilters().fit(images)
    >>> bool(detector.score_samples(cracked)[0] < detector.score_samples(images).min())
    True
    """

    n_samples_fit_: int
    means_: NDArray[np.float32]
    spreads_: NDArray[np.float32]

    def __init__(
        self,
        *,
        width: float = 2.0,
        length: float = 12.0,
        n_directions: int = 8,
        stride: int = 4,
        smoothing: float = 0.0,
        top_share: float = 0.01,
        contamination: float | Literal["auto"] = "auto",
    ) -> None:
        self.width = width
        self.length = length
        self.n_directions = n_directions
        self.stride = stride
        self.smoothing = smoothing
        self.top_share = top_share
        self.contamination = contamination

    def _described(self, images: NDArray[Any]) -> NDArray[np.float32]:
        return line_responses(images, self.width, self.length, self.n_directions, self.stride)

    def _learn(self, images: Images) -> None:
        self.n_samples_fit_ = len(images)
        near = total = squares = np.zeros(())
        for features in self._features(images):
            if near.ndim == 0:  # sums around a point among them, so that they lose no digits
                near = features.mean(axis=0, dtype=np.float64)
            moved = features - near
            total, squares = total + moved.sum(axis=0), squares + np.square(moved).sum(axis=0)
        shift = total / len(images)
        self.means_ = (near + shift).astype(np.float32)
        spreads = np.sqrt(np.maximum(squares / len(images) - shift**2, 0.0))
        self.spreads_ = np.maximum(spreads, _LEAST_SPREAD).astype(np.float32)

    def _unusualness(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        return _highest_of_image((features - self.means_) / self.spreads_)

    def _left_out(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        # Without image i, the variance of n values becomes n / (n - 1) (1 - z**2 / (n - 1)) times what it was, and the
        # difference from the mean n / (n - 1) times.
        n = self.n_samples_fit_
        deviations = (features - self.means_) / self.spreads_
        left = np.maximum(1.0 - np.square(deviations) / (n - 1), 1e-3)
        return _highest_of_image(deviations * np.sqrt(n / (n - 1) / left).astype(np.float32))

    def _own_problems(self) -> list[str]:
        problems = positive_problems("width", self.width) + positive_problems("length", self.length)
        return [*problems, *count_problems("n_directions", self.n_directions), *self._grid_problems()]


def _highest_of_image(deviations: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the highest of all directions (n, rows, columns, k) at each position, in deviations of its image."""
    means, spreads = deviations.mean(axis=(1, 2), keepdims=True), deviations.std(axis=(1, 2), keepdims=True)
    return np.asarray(((deviations - means) / np.maximum(spreads, _LEAST_SPREAD)).max(axis=3))
