"""Which colours the middle of an image has, and how bright its border is."""

from __future__ import annotations

from typing import Any, ClassVar, Final, Self, final

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from dross.errors import DataError, raise_gathered
from dross.parameters import count_problems
from dross.representations.base import AbstractRepresentation
from dross.representations.cumulative_colours import cumulative_histograms
from dross.representations.image_input import described, images_to_use

#: Pixels a side that an image needs for a middle to be left.
SMALLEST: Final = 4
#: Images whose histograms are computed at once.
CHUNK: Final = 256


@final
class CentreAndBorder(AbstractRepresentation):
    """Images as cumulative histograms of the colours in their middle, and of the brightness along their border.

    Use it in front of the nearest neighbours where images show a thing in the middle of something, and anomalies differ
    in either: a drawing on white paper has colours that photographs have too, but not in these places. Do not use it
    where things lie anywhere; :class:`~dross.representations.CumulativeColours` looks at images as a whole.

    The middle is half as high and half as wide as the image. The border is one pixel wide, and of it the mean of the
    colours is taken.

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
    Stricker and Dimai, "Color indexing with weak spatial constraints", Storage and Retrieval for Image and Video
    Databases IV 1996: one region in the middle and others around it.

    Examples
    --------
    >>> framed = np.zeros((1, 4, 4, 1), dtype=np.uint8)
    >>> framed[:, 1:3, 1:3] = 255
    >>> CentreAndBorder(n_bins=2).fit_transform(framed).tolist()  # white in the middle, black around it
    [[0.0, 1.0, 1.0, 1.0]]
    """

    learns: ClassVar[bool] = False

    image_shape_: tuple[int, int, int]

    def __init__(self, *, n_bins: int = 16) -> None:
        self.n_bins = n_bins

    def fit(self, X: Any, y: Any = None) -> Self:
        """Remember the shape of images ``X``: an array (n, h, w[, c]), ``Images``, or a list of paths.

        Raises
        ------
        DataError
            If images have fewer than four pixels a side.
        """
        raise_gathered(count_problems("n_bins", self.n_bins, least=2))
        shape = images_to_use(X).shape[1:]
        if min(shape[:2]) < SMALLEST:
            raise DataError(
                f"images of {described(shape)} have no middle apart from their border: give images of at least "
                f"{SMALLEST} pixels a side"
            )
        self.image_shape_ = shape
        return self

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Return the cumulative histograms, shape (n_samples, (channels + 1) * n_bins), each from 0 up to 1."""
        check_is_fitted(self)
        images = images_to_use(X, self.image_shape_)
        return np.concatenate([self._described(batch / 255.0) for batch in images.batches(CHUNK)])

    def _described(self, images: NDArray[np.float64]) -> NDArray[np.float64]:
        _, height, width, _ = images.shape
        middle = images[:, height // 4 : height - height // 4, width // 4 : width - width // 4]
        brightness = images.mean(axis=3, keepdims=True)
        sides = (brightness[:, 0], brightness[:, -1], brightness[:, 1:-1, 0], brightness[:, 1:-1, -1])
        border = np.concatenate(sides, axis=1)[:, None]
        return np.hstack([cumulative_histograms(middle, self.n_bins), cumulative_histograms(border, self.n_bins)])

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
