"""What the detectors share that make a score map and nothing else: the score of an image is made of its map."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from dross.data.images import Images
from dross.detector import AbstractDetector
from dross.errors import TooFewSamplesError, raise_gathered
from dross.inspection.images_in_full import images_in_full
from dross.inspection.score_map import top_share_means
from dross.parameters import contamination_problems, share_problems
from dross.scoring import finite_scores, flipped, threshold_offset


class AbstractMapDetector(AbstractDetector):
    """A detector that says of images where they are anomalous, and scores each by the highest values of its map.

    A concrete class says what it learns of the training images, and what maps follow from it.
    """

    top_share: float
    contamination: float | Literal["auto"]

    image_shape_: tuple[int, int, int]

    @abstractmethod
    def _learn(self, images: Images) -> None:
        """Learn from the training images."""

    @abstractmethod
    def iterate_maps(self, images: Images, *, left_out: bool = False) -> Iterator[NDArray[np.float32]]:
        """Yield the score maps of images, shape (m, h, w), a part of them at a time.

        Parameters
        ----------
        images : Images
            Of the size and colour of the training images.
        left_out : bool, default False
            Whether they are the training images, and their maps are to be as if each had been left out of training.
            There are few images and many positions, so that each shapes what is learned, and looks more normal for it
            than any new one will.
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
        return np.concatenate(list(self.iterate_maps(images_in_full(X, self.image_shape_))))

    def _normality(self, images: Images) -> NDArray[np.float64]:
        return self._scores_of(self.iterate_maps(images))

    def _left_out_normality(self, images: Images) -> NDArray[np.float64]:
        return self._scores_of(self.iterate_maps(images, left_out=True))

    def _scores_of(self, maps: Iterator[NDArray[np.float32]]) -> NDArray[np.float64]:
        return flipped(np.concatenate([top_share_means(found, self.top_share) for found in maps]))

    def _parameter_problems(self) -> list[str]:
        problems = self._own_problems() + share_problems("top_share", self.top_share)
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
