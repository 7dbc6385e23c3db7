"""One detector a category, their scores on one scale: what a folder of mixed products is scored by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, Self, final

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils import Tags, check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from dross.data.images import Images
from dross.detector import AbstractDetector
from dross.errors import TooFewSamplesError, raise_gathered
from dross.inspection.calibration import CATEGORY_SCALES, CategoryCalibration, CategoryScale, category_calibration
from dross.inspection.categories import CategoryDiscovery
from dross.inspection.images_in_full import images_in_full
from dross.parameters import choice_problems, contamination_problems, count_problems, estimator_problems
from dross.progress import track
from dross.representations import AbstractRepresentation
from dross.scoring import anomaly_scores, flipped, threshold_offset
from dross.seeding import integer_seed, set_random_states

#: The category that the detector of all images has in ``category_detectors_``.
SHARED: Final = -1


@final
@dataclass(frozen=True)
class CategoryDetector:
    """A detector fitted on the images of one category, and what brings its scores to the scale of all.

    Attributes
    ----------
    detector : fitted detector
        Fitted on all images of the category.
    held_out : array of shape (n,)
        The anomaly score of each of its images by a detector that had not seen it.
    calibration : TailCalibration, Calibration or Uncalibrated
        By these.
    """

    detector: Any
    held_out: NDArray[np.float64]
    calibration: CategoryCalibration


@final
@dataclass(frozen=True)
class CategorisedScores:
    """What is said of images of mixed categories.

    Attributes
    ----------
    anomaly_scores : array of shape (n,)
        On the scale of all categories; higher = more anomalous.
    categories : array of shape (n,)
        The number of each image's category.
    known : array of shape (n,)
        Whether the image is like one of the categories; one that is not is scored by the nearest.
    """

    anomaly_scores: NDArray[np.float64]
    categories: NDArray[np.int64]
    known: NDArray[np.bool_]


@final
class MixedDetector(AbstractDetector):
    """Sort mixed images into categories without labels, fit a detector on each, and bring their scores to one scale.

    Use it on a folder in which several products lie, when all images are ranked together: a score that is high for a
    bottle may be low for a brush. Do not use it on images of one product, where it costs several fits for the same
    ranking.

    It assumes of the training images of each category what its detector assumes of its training set, and that
    categories differ more, in their colours and the directions of their edges, than images of one category do.

    Each category's detector is fitted on all its images. What calibrates it are the scores of the same images by
    detectors like it, each fitted without a part of them, so that they are those of new normal images. A category of
    too few images is scored by one detector that is fitted on all images.

    Parameters
    ----------
    detector : detector of images
        Unfitted; a clone of it is fitted on each category.
    n_categories : int or "auto", default "auto"
        How many there are; ``"auto"``: see :class:`CategoryDiscovery`.
    embedding : representation of images or None, default None
        What categories are told apart by beside colours and gradients; see :class:`CategoryDiscovery`.
    calibration : {"tail", "rank", "z", "none"}, default "tail"
        The scale; see :class:`TailCalibration` and :class:`~dross.ensemble.Calibration`.
    n_folds : int, default 10
        Parts that the images of a category are held out in, one after the other: as many fits. Fewer leave a detector
        less to learn from than the one that scores has, and of a category of few images held-out scores are too high.
    least_images : int, default 20
        Images from which a category has a detector of its own.
    contamination : float in (0, 0.5] or "auto", default "auto"
        The share of the training set to raise an alarm on, which sets ``offset_``; ``"auto"``: Tukey's outer fence, of
        the scores of held-out images.
    random_state : int, RandomState or None, default None
        Of the categories, of what is held out, and of detectors that have none of their own.

    Attributes
    ----------
    categories_ : CategoryDiscovery
        Which categories there are, how many and why, and ``labels_``, the category of each training image.
    category_detectors_ : dict of int to CategoryDetector
        By category; -1 is the one fitted on all images, where there is a category of too few.
    findings_ : list of str
        Which categories have too few images, a sentence each.

    Examples
    --------
    >>> from dross.one_class import NearestNeighbors, TwoStage
    >>> from dross.representations import Pixels
    >>> rng = np.random.default_rng(0)
    >>> images = rng.integers(0, 40, size=(80, 16, 16), dtype=np.uint8)
    >>> images[:40, :, 8:] += 180
    >>> images[40:, 8:] += 60
    >>> detector = MixedDetector(TwoStage(Pixels(), NearestNeighbors()), random_state=0).fit(images)
    >>> images[[7, 70], 4:12, 4:12] = 128
    >>> detector.categories_.n_categories_, detector.predict(images[[6, 7, 69, 70]]).tolist()
    (2, [1, -1, 1, -1])
    """

    categories_: CategoryDiscovery
    category_detectors_: dict[int, CategoryDetector]
    findings_: list[str]

    def __init__(
        self,
        detector: Any,
        *,
        n_categories: int | Literal["auto"] = "auto",
        embedding: AbstractRepresentation | None = None,
        calibration: CategoryScale = "tail",
        n_folds: int = 10,
        least_images: int = 20,
        contamination: float | Literal["auto"] = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.detector = detector
        self.n_categories = n_categories
        self.embedding = embedding
        self.calibration = calibration
        self.n_folds = n_folds
        self.least_images = least_images
        self.contamination = contamination
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        """Find the categories, and fit and calibrate a detector on each.

        Parameters
        ----------
        X : Images, array of shape (n, h, w) or (n, h, w, c), or list of paths
            Bytes, or floats in [0, 1]; grey or RGB.
        y : None
            Ignored.

        Raises
        ------
        ParameterError
            If parameters are out of their range; all are named at once.
        DataError
            If the images are too few or too small.
        """
        raise_gathered(self._parameter_problems())
        images = images_in_full(X)
        if len(images) < self.n_folds:
            found = f"{len(images)} sample{'s' if len(images) != 1 else ''}"
            raise TooFewSamplesError(
                f"{type(self).__name__} needs at least {self.n_folds} samples to fit, found {found}: give it more, or "
                "lower n_folds"
            )
        rng = check_random_state(self.random_state)
        self.categories_ = CategoryDiscovery(
            n_categories=self.n_categories, embedding=self.embedding, random_state=integer_seed(rng)
        )
        self.categories_.fit(images)
        labels = self.categories_.labels_
        sizes = np.bincount(labels, minlength=self.categories_.n_categories_)
        own = [category for category in range(len(sizes)) if sizes[category] >= self.least_images]
        self.findings_ = [
            f"category {category} has {size} image{'s' if size > 1 else ''}, fewer than the {self.least_images} that a "
            "detector of its own is fitted on: it is scored by one that is fitted on all images"
            for category, size in enumerate(sizes)
            if category not in own
        ]
        self._fit_detectors(images, labels, [*own, SHARED] if self.findings_ else own, rng)
        return self

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        """Return one score an image, shape (n_samples,), on the scale of all categories: higher = more normal."""
        return flipped(self.judge(X).anomaly_scores)

    def judge(self, X: Any, calibration: CategoryScale | None = None) -> CategorisedScores:
        """Return the anomaly scores of images, their categories, and whether they are like any of these.

        Scores are on the scale that the detector was made with, or on another one, for which nothing is fitted again.
        """
        raise_gathered([] if calibration is None else choice_problems("calibration", calibration, CATEGORY_SCALES))
        check_is_fitted(self)
        images = images_in_full(X, self.categories_.image_shape_)
        distances = self.categories_.distances(images)
        categories = distances.argmin(axis=1)
        scores = np.empty(len(images))
        for chosen, by in self._by_detector(categories):
            scale = by.calibration if calibration is None else category_calibration(by.held_out, calibration)
            scores[chosen] = scale.apply(anomaly_scores(by.detector, images[chosen]))
        return CategorisedScores(scores, categories, self.categories_.is_known(distances))

    @available_if(lambda self: hasattr(self.detector, "score_maps"))  # type: ignore[untyped-decorator]
    def score_maps(self, X: Any) -> NDArray[np.float32]:
        """Return how anomalous each pixel is, shape (n_samples, h, w), on the scale of all categories.

        A pixel has the number that an image of its score would have. There only where the detector makes any.
        """
        check_is_fitted(self)
        images = images_in_full(X, self.categories_.image_shape_)
        maps = np.empty(images.shape[:3], dtype=np.float32)
        for chosen, by in self._by_detector(self.categories_.predict(images)):
            maps[chosen] = by.calibration.apply(by.detector.score_maps(images[chosen]).astype(np.float64))
        return maps

    def _fit_detectors(
        self, images: Images, labels: NDArray[np.int64], wanted: list[int], rng: np.random.RandomState
    ) -> None:
        self.category_detectors_ = {}
        held_out = []
        for category in track(wanted, len(wanted), "Fitting categories"):
            members = images if category == SHARED else images[labels == category]
            scores = self._held_out_scores(members, rng)
            calibration = category_calibration(scores, self.calibration)
            self.category_detectors_[category] = CategoryDetector(self._fitted(members, rng), scores, calibration)
            held_out.append(calibration.apply(scores))
        if self.contamination == "auto":
            # Of images that the detectors have not seen: the others score too well for an alarm threshold.
            self.offset_ = threshold_offset(flipped(np.concatenate(held_out)), "auto")
        else:
            self.offset_ = threshold_offset(self.score_samples(images), self.contamination)

    def _held_out_scores(self, images: Images, rng: np.random.RandomState) -> NDArray[np.float64]:
        """Return the anomaly score of each image by a detector that has not seen it."""
        scores = np.empty(len(images))
        for held in np.array_split(rng.permutation(len(images)), min(self.n_folds, len(images))):
            seen = np.setdiff1d(np.arange(len(images)), held)
            scores[held] = anomaly_scores(self._fitted(images[seen], rng), images[held])
        return scores

    def _fitted(self, images: Images, rng: np.random.RandomState) -> Any:
        return set_random_states(clone(self.detector), rng, only_unset=True).fit(images)

    def _by_detector(self, categories: NDArray[np.int64]) -> list[tuple[NDArray[np.bool_], CategoryDetector]]:
        """Return which images each detector scores, those that score any."""
        own = np.where(np.isin(categories, list(self.category_detectors_)), categories, SHARED)
        return [(own == category, self.category_detectors_[category]) for category in np.unique(own).tolist()]

    def _parameter_problems(self) -> list[str]:
        problems = estimator_problems("detector", self.detector, ["fit", "score_samples"])
        if self.n_categories != "auto" and count_problems("n_categories", self.n_categories):
            problems.append(f"n_categories is {self.n_categories!r}; it must be 'auto' or a whole number of at least 1")
        problems += choice_problems("calibration", self.calibration, CATEGORY_SCALES)
        problems += count_problems("n_folds", self.n_folds, least=2)
        problems += count_problems("least_images", self.least_images, least=2)
        return problems + contamination_problems(self.contamination)

    @property
    def n_features_in_(self) -> int:
        """Numbers in an image; ``AttributeError`` before ``fit``, as scikit-learn's tools expect."""
        if not hasattr(self, "categories_"):
            raise AttributeError(f"this {type(self).__name__} is not fitted yet: call fit first")
        return self.categories_.n_features_in_

    def __sklearn_tags__(self) -> Tags:
        """Say that images are no tables."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags
