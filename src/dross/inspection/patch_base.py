"""What the detectors on local features share: images in, a score map out, and a score an image that is made of it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from dross.data.images import Images
from dross.detector import AbstractDetector
from dross.errors import TooFewSamplesError, raise_gathered
from dross.inspection.images_in_full import images_in_full
from dross.inspection.local_features import local_features
from dross.inspection.score_map import enlarged, smoothed, top_share_means
from dross.parameters import (
    at_least_problems,
    contamination_problems,
    count_problems,
    positive_problems,
    share_problems,
)
from dross.scoring import finite_scores, flipped, threshold_offset

#: Pixels, of all channels, whose features are computed at once.
_PIXELS_AT_ONCE: Final = 1 << 21


class AbstractPatchDetector(AbstractDetector):
    """A detector that looks at images position by position, on features of their surroundings that nobody learned.

    A concrete class says what it learns of the features of the training images, and how anomalous features are.
    """

    scales: tuple[float, ...]
    stride: int
    smoothing: float
    top_share: float
    contamination: float | Literal["auto"]

    image_shape_: tuple[int, int, int]

    @abstractmethod
    def _learn(self, images: Images) -> None:
        """Learn from the features of the training images, of which :meth:`_features` yields a part at a time."""

    @abstractmethod
    def _unusualness(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return how anomalous features (n, n_rows, n_columns, k) are at each position, shape (n, n_rows, n_columns).

        What it returns of an image does not depend on the others.
        """

    @abstractmethod
    def _left_out(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what :meth:`_unusualness` would be of training images, had each been left out of training.

        There are few images and many positions, so that each shapes what is learned, and looks more normal for it than
        any new one will.
        """

    @abstractmethod
    def _own_problems(self) -> list[str]:
        """Return what is wrong with the parameters that only this class has."""

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn what normal images look like at each position.

        Parameters
        ----------
        X : Images, array of shape (n, h, w) or (n, h, w, c), or list of paths
            Training images: bytes, or floats in [0, 1].
        y : None
            Ignored.

        Raises
        ------
        ParameterError
            If parameters are out of their range; all are named at once.
        DataError
            If these are no images, or fewer than two.
        """
        raise_gathered(self._parameter_problems())
        images = images_in_full(X)
        if len(images) < 2:
            raise TooFewSamplesError(
                f"{type(self).__name__} needs at least 2 samples to fit, found {len(images)} sample: give it more"
            )
        self.image_shape_ = images.shape[1:]
        self._learn(images)
        scores = self._left_out_normality if self.contamination == "auto" else self._normality
        self.offset_ = threshold_offset(finite_scores(scores, images), self.contamination)
        return self

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        """Return minus the mean of the highest values of each score map, shape (n_samples,): higher = more normal."""
        check_is_fitted(self)
        return finite_scores(self._normality, images_in_full(X, self.image_shape_))

    def score_maps(self, X: Any) -> NDArray[np.float32]:
        """Return how anomalous images are where, shape (n, h, w) at the size of the images: higher = more anomalous.

        Parameters
        ----------
        X : Images, array of shape (n, h, w) or (n, h, w, c), or list of paths
            Images of the size and colour of the training images. All maps are held at once: of very many images ask
            for a part at a time.
        """
        check_is_fitted(self)
        return np.concatenate(list(self._maps(images_in_full(X, self.image_shape_))))

    def _normality(self, images: Images) -> NDArray[np.float64]:
        return flipped(np.concatenate([top_share_means(maps, self.top_share) for maps in self._maps(images)]))

    def _left_out_normality(self, images: Images) -> NDArray[np.float64]:
        """Return the scores that training images would have had if each had been left out of training."""
        maps = self._maps(images, left_out=True)
        return flipped(np.concatenate([top_share_means(found, self.top_share) for found in maps]))

    def _maps(self, images: Images, *, left_out: bool = False) -> Iterator[NDArray[np.float32]]:
        height, width, _ = self.image_shape_
        for features in self._features(images):
            unusualness = self._left_out(features) if left_out else self._unusualness(features)
            yield enlarged(smoothed(unusualness, self.smoothing / self.stride), height, width, self.stride)

    def _features(self, images: Images) -> Iterator[NDArray[np.float32]]:
        at_once = max(1, _PIXELS_AT_ONCE // int(np.prod(images.shape[1:])))
        for batch in images.batches(at_once):
            yield local_features(batch, tuple(self.scales), self.stride)

    def _parameter_problems(self) -> list[str]:
        scales = self.scales if isinstance(self.scales, (tuple, list)) else [self.scales]
        problems = [problem for scale in scales for problem in positive_problems("scales", scale)]
        problems += [] if scales else ["scales is empty; it must be a tuple of 1 or more positive numbers"]
        problems += count_problems("stride", self.stride) + at_least_problems("smoothing", self.smoothing)
        problems += share_problems("top_share", self.top_share) + self._own_problems()
        return [*problems, *contamination_problems(self.contamination)]

    @property
    def n_features_in_(self) -> int:
        """Numbers in an image."""
        return int(np.prod(self.image_shape_))

    def __sklearn_tags__(self) -> Tags:
        """Say that images are no tables."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags
