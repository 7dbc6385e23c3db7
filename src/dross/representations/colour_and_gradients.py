"""What an image shows at a glance: which colours there are, and how sharp its edges are and which way they run."""

from __future__ import annotations

from typing import Any, ClassVar, Final, Self, final

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from dross.errors import DataError, raise_gathered
from dross.parameters import count_problems
from dross.representations.base import AbstractRepresentation
from dross.representations.image_input import images_to_use

#: Between which differences of neighbouring pixels (of grey in [0, 1]) the histogram of edges counts: each step of
#: sharpness as wide as the one before it, on a logarithmic scale.
EDGES: Final = (0.0, *np.geomspace(0.004, 0.7, 11), np.inf)
#: Blocks of cells a side that gradients are compared within.
BLOCK: Final = 2
#: Images whose descriptors are computed at once.
CHUNK: Final = 256


@final
class ColourAndGradients(AbstractRepresentation):
    """Images as histograms of their colours, of how sharp their edges are, and of which way these run where.

    Use it for a few dozen to a few thousand images, in front of a classifier: it needs no training, and says much of
    what a network has to find out first. Do not use it where the place of small things matters, or where there are
    enough images to train a network on.

    Each of the three parts has length 1 or about that, so that none outweighs the others: square roots of histograms
    (whose distance is Hellinger's), and oriented gradients divided by the root of the number of their blocks.

    Parameters
    ----------
    n_bins : int, default 16
        Bins of each histogram of red, green, blue, hue, saturation and value; of grey images, of grey alone.
    n_cells : int, default 4
        Cells a side that the directions of gradients are counted in, so that features are as many for any size.
    n_orientations : int, default 9
        Directions that are told apart, from 0 to 180 degrees.

    Attributes
    ----------
    image_shape_ : tuple
        Height, width and channels of an image.

    References
    ----------
    Swain and Ballard, "Color Indexing", IJCV 1991; Dalal and Triggs, "Histograms of Oriented Gradients for Human
    Detection", CVPR 2005; Arandjelović and Zisserman, "Three things everyone should know to improve object retrieval",
    CVPR 2012 (the square root).

    Examples
    --------
    >>> images = np.random.default_rng(0).integers(0, 256, size=(2, 32, 32, 3), dtype=np.uint8)
    >>> features = ColourAndGradients().fit_transform(images)
    >>> features.shape, (features**2).sum(axis=1).round(1).tolist()
    ((2, 432), [3.0, 3.0])
    """

    learns: ClassVar[bool] = False

    image_shape_: tuple[int, int, int]

    def __init__(self, *, n_bins: int = 16, n_cells: int = 4, n_orientations: int = 9) -> None:
        self.n_bins = n_bins
        self.n_cells = n_cells
        self.n_orientations = n_orientations

    def fit(self, X: Any, y: Any = None) -> Self:
        """Remember the shape of images ``X``: an array (n, h, w[, c]), ``Images``, or a list of paths.

        Raises
        ------
        DataError
            If an image has fewer than two pixels a cell.
        """
        raise_gathered(self._parameter_problems())
        shape = images_to_use(X).shape[1:]
        if min(shape[:2]) < 2 * self.n_cells:
            raise DataError(
                f"images of {shape[1]}x{shape[0]} pixels are too small for {self.n_cells} cells a side, each of at "
                f"least 2x2 pixels: give n_cells = {max(min(shape[:2]) // 2, 1)} at most, or larger images"
            )
        self.image_shape_ = shape
        return self

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Return the descriptors, shape (n_samples, n_features)."""
        check_is_fitted(self)
        images = images_to_use(X, self.image_shape_)
        return np.concatenate([self._described(batch / 255.0) for batch in images.batches(CHUNK)])

    def _described(self, images: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.hstack(
            [colour_histograms(images, self.n_bins), edge_histogram(images), self._oriented_gradients(images)]
        )

    def _oriented_gradients(self, images: NDArray[np.float64]) -> NDArray[np.float64]:
        from skimage.feature import hog

        height, width, _ = self.image_shape_
        block = min(BLOCK, self.n_cells)
        found = [
            hog(
                image,
                orientations=self.n_orientations,
                pixels_per_cell=(height // self.n_cells, width // self.n_cells),
                cells_per_block=(block, block),
                channel_axis=2,
                feature_vector=False,
            )[: self.n_cells - block + 1, : self.n_cells - block + 1]
            for image in images
        ]
        return np.reshape(found, (len(images), -1)) / (self.n_cells - block + 1)

    def _parameter_problems(self) -> list[str]:
        problems = count_problems("n_bins", self.n_bins, least=2) + count_problems("n_cells", self.n_cells)
        return problems + count_problems("n_orientations", self.n_orientations)

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


def colour_histograms(images: NDArray[np.float64], n_bins: int) -> NDArray[np.float64]:
    """Return the square roots of histograms of red, green, blue, hue, saturation and value; all are one of length 1.

    Parameters
    ----------
    images : array of shape (n, h, w, c)
        In [0, 1]; of grey ones there is one histogram.
    n_bins : int
        Of each.

    Examples
    --------
    >>> colour_histograms(np.zeros((1, 2, 2, 1)), 2).tolist()
    [[1.0, 0.0]]
    """
    if images.shape[3] == 3:
        from skimage.color import rgb2hsv

        images = np.concatenate([images, rgb2hsv(images)], axis=3)
    n_images, height, width, n_channels = images.shape
    # Which histogram of all, and which bin in it: so that one count does for all.
    bins = np.minimum((images * n_bins).astype(np.intp), n_bins - 1)
    place = (np.arange(n_images)[:, None, None, None] * n_channels + np.arange(n_channels)) * n_bins + bins
    counts = np.bincount(place.ravel(), minlength=n_images * n_channels * n_bins).reshape(n_images, -1)
    return np.sqrt(counts / (height * width * n_channels))


def edge_histogram(images: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the square roots of how many pixels there are for each step of sharpness, shape (n, 12), of length 1.

    Drawings have flat areas with sharp edges between them, and photographs what lies between.

    Parameters
    ----------
    images : array of shape (n, h, w, c)
        In [0, 1].

    Examples
    --------
    >>> edge_histogram(np.zeros((1, 4, 4, 1)))[0, :3].tolist()
    [1.0, 0.0, 0.0]
    """
    grey = images.mean(axis=3)
    down, right = np.diff(grey, axis=1)[:, :, :-1], np.diff(grey, axis=2)[:, :-1]
    step = np.searchsorted(EDGES, np.hypot(down, right), side="right") - 1
    shares = [(step == number).mean(axis=(1, 2)) for number in range(len(EDGES) - 1)]
    return np.sqrt(np.stack(shares, axis=1))
