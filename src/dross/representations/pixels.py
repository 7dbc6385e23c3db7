"""The pixels of images as they are: what every learned representation has to beat."""

from __future__ import annotations

from typing import Any, ClassVar, Self, final

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from dross.representations.base import AbstractRepresentation
from dross.representations.image_input import images_to_use


@final
class Pixels(AbstractRepresentation):
    """Images flattened to rows of numbers in [0, 1].

    Use it for reference lines, on small images whose objects sit in the same place. Do not expect it to see what an
    image shows: two photographs of the same thing have little in common pixel by pixel.

    Attributes
    ----------
    image_shape_ : tuple
        Height, width and channels of an image.

    Examples
    --------
    >>> Pixels().fit_transform(np.full((2, 2, 2), 255, dtype=np.uint8)).tolist()
    [[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0]]
    """

    learns: ClassVar[bool] = False

    image_shape_: tuple[int, int, int]

    def fit(self, X: Any, y: Any = None) -> Self:
        """Remember the shape of images ``X``: an array (n, h, w[, c]), ``Images``, or a list of paths."""
        self.image_shape_ = images_to_use(X).shape[1:]
        return self

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Return the pixels, shape (n_samples, h * w * c)."""
        check_is_fitted(self)
        images = images_to_use(X, self.image_shape_)
        return images.read().reshape(len(images), -1) / 255.0

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
