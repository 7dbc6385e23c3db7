"""Which colours an image has, such that similar colours are near each other."""

from __future__ import annotations

from typing import Any, ClassVar, Final, Self, final

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from dross.errors import raise_gathered
from dross.parameters import count_problems
from dross.representations.base import AbstractRepresentation
from dross.representations.colour_and_gradients import colour_histograms
from dross.representations.image_input import images_to_use

#: Images whose histograms are computed at once.
CHUNK: Final = 256


@final
class CumulativeColours(AbstractRepresentation):
    """Images as cumulative histograms of their colours.

    Use it in front of the nearest neighbours where anomalies look different as a whole, as drawings do among
    photographs. Do not use it where what is shown matters and not how it is coloured.

    Histograms themselves take two images for wholly different that differ by a shade; cumulative ones take them for
    nearly equal. The distance of two of them is Cramér's, between the distributions of their colours.

    Parameters
    ----------
    n_bins : int, default 16
        Bins of each histogram of red, green, blue, hue, saturation and value; of grey images, of grey alone.

    Attributes
    ----------
    image_shape_ : tuple
        Height, width and channels of an image.

    References
    ----------
    Stricker and Orengo, "Similarity of color images", Storage and Retrieval for Image and Video Databases 1995.

    Examples
    --------
    >>> images = np.array([0, 100, 255], dtype=np.uint8).reshape(3, 1, 1, 1).repeat(4, axis=1).repeat(4, axis=2)
    >>> CumulativeColours(n_bins=3).fit_transform(images).tolist()
    [[1.0, 1.0, 1.0], [0.0, 1.0, 1.0], [0.0, 0.0, 1.0]]
    """

    learns: ClassVar[bool] = False

    image_shape_: tuple[int, int, int]

    def __init__(self, *, n_bins: int = 16) -> None:
        self.n_bins = n_bins

    def fit(self, X: Any, y: Any = None) -> Self:
        """Remember the shape of images ``X``: an array (n, h, w[, c]), ``Images``, or a list of paths."""
        raise_gathered(self._parameter_problems())
        self.image_shape_ = images_to_use(X).shape[1:]
        return self

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Return the cumulative histograms, shape (n_samples, channels * n_bins), each from 0 up to 1."""
        check_is_fitted(self)
        images = images_to_use(X, self.image_shape_)
        return np.concatenate([self._described(batch / 255.0) for batch in images.batches(CHUNK)])

    def _described(self, images: NDArray[np.float64]) -> NDArray[np.float64]:
        shares = (colour_histograms(images, self.n_bins) ** 2).reshape(len(images), -1, self.n_bins)
        return (shares * shares.shape[1]).cumsum(axis=2).reshape(len(images), -1)

    def _parameter_problems(self) -> list[str]:
        return count_problems("n_bins", self.n_bins, least=2)

    @property
    def n_features_in_(self) -> int:  # type: ignore[override]
        """Numbers in an image."""
        return int(np.prod(self.image_shape_))

    def __sklearn_tags__(self) -> Tags:
        """Say that images are no tables."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags
