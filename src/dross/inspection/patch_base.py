"""What the detectors on local features share: features of a grid of positions in, a value a position out."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dross.data.images import Images
from dross.inspection.map_base import AbstractMapDetector
from dross.inspection.score_map import enlarged, smoothed
from dross.parameters import at_least_problems, count_problems

#: Pixels, of all channels, whose features are computed at once.
_PIXELS_AT_ONCE: Final = 1 << 21


class AbstractPatchDetector(AbstractMapDetector):
    """A detector that looks at images position by position, on features of their surroundings that nobody learned.

    A concrete class says which features, what it learns of those of the training images, and how anomalous features
    are.
    """

    stride: int
    smoothing: float

    @abstractmethod
    def _described(self, images: NDArray[Any]) -> NDArray[np.float32]:
        """Return the features of images (n, h, w, c) at the positions of a grid, shape (n, n_rows, n_columns, k)."""

    @abstractmethod
    def _unusualness(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return how anomalous features (n, n_rows, n_columns, k) are at each position, shape (n, n_rows, n_columns).

        What it returns of an image does not depend on the others.
        """

    @abstractmethod
    def _left_out(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what :meth:`_unusualness` would be of training images, had each been left out of training."""

    def iterate_maps(self, images: Images, *, left_out: bool = False) -> Iterator[NDArray[np.float32]]:
        """Yield the score maps of images: how anomalous their positions are, smoothed, and linear between them."""
        height, width, _ = self.image_shape_
        for features in self._features(images):
            unusualness = self._left_out(features) if left_out else self._unusualness(features)
            yield enlarged(smoothed(unusualness, self.smoothing / self.stride), height, width, self.stride)

    def _features(self, images: Images) -> Iterator[NDArray[np.float32]]:
        at_once = max(1, _PIXELS_AT_ONCE // int(np.prod(images.shape[1:])))
        for batch in images.batches(at_once):
            yield self._described(batch)

    def _grid_problems(self) -> list[str]:
        return count_problems("stride", self.stride) + at_least_problems("smoothing", self.smoothing)
