"""Which products there are in a folder that nobody has sorted: clusters of images, and how many by their stability."""

from __future__ import annotations

from typing import Any, Final, Literal, Self, final

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClusterMixin, clone
from sklearn.decomposition import PCA
from sklearn.preprocessing import normalize
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import check_is_fitted

from dross.data.images import Images
from dross.errors import TooFewSamplesError, raise_gathered
from dross.inspection.cluster_count import ClusterCount, chosen_count, cluster_counts, k_means
from dross.inspection.images_in_full import images_in_full
from dross.parameters import count_problems, estimator_problems
from dross.representations import AbstractRepresentation, ColourAndGradients
from dross.seeding import set_random_states

#: What is said of a number that was given.
_AS_ASKED: Final = "as many categories as were asked for"
#: Share of the descriptors' variance that is looked at.
KEPT_VARIANCE: Final = 0.9
#: An image is unlike all categories if it is this many times as far from each as 99 in 100 training images are from
#: their own, and at least this share of how long descriptors are, of three parts of length 1, and an embedding of one.
FAR: Final = 1.5
FAR_AT_LEAST: Final = 0.5
#: Pixels a side that are looked at: what product it is shows in a small image.
GLANCE: Final = 64


@final
class CategoryDiscovery(ClusterMixin, BaseEstimator):
    """Tell the products in a folder of mixed images apart, without labels, and find out how many there are.

    Use it where images of several products or views lie in one folder, and each shall have a detector of its own. Do
    not use it where what tells normal images from anomalies is the product: clusters are what it takes for normal.

    Images become descriptors of colours and gradients, these their principal components, and k-means looks for 2, 3,
    ... clusters. A number is stable if random halves of the images give the same clusters; of the stable ones that
    with the highest silhouette is taken, and one cluster where none is stable. New images belong to the nearest
    cluster of training; nothing is fitted on them.

    Parameters
    ----------
    n_categories : int or "auto", default "auto"
        How many; ``"auto"``: by stability.
    most : int, default 20
        The largest number that is tried.
    embedding : representation of images or None, default None
        What is learned of the images themselves, such as :class:`~dross.representations.RotationPrediction`, whose
        features stand beside the descriptors; a clone of it is fitted. Minutes of training, for products that neither
        colours nor gradients tell apart.
    random_state : int, RandomState or None, default None
        Of the embedding, of the halves and of k-means.

    Attributes
    ----------
    n_categories_ : int
        How many there are.
    labels_ : array of shape (n_samples,)
        The cluster of each training image; the largest is 0.
    reason_ : str
        Why so many, in a sentence.
    counts_ : list of ClusterCount
        What was found of each number; empty where the number was given.
    centres_ : array of shape (n_categories, n_features)
        Mean descriptors.
    image_shape_ : tuple of int
        Height, width and channels of an image.
    limit_ : float
        How far from all centres an image may be that is of one of the categories.

    References
    ----------
    Ben-Hur, Elisseeff and Guyon, "A stability based method for discovering structure in clustered data", Pacific
    Symposium on Biocomputing 2002; Rousseeuw, "Silhouettes", Journal of Computational and Applied Mathematics 1987.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> images = rng.integers(0, 40, size=(40, 16, 16), dtype=np.uint8)
    >>> images[:20, :, 8:] += 180
    >>> images[20:, 8:] += 180
    >>> found = CategoryDiscovery(most=4, random_state=0).fit(images)
    >>> found.n_categories_, found.labels_[[0, 19, 20, 39]].tolist()
    (2, [0, 0, 1, 1])
    """

    n_categories_: int
    labels_: NDArray[np.int64]
    reason_: str
    counts_: list[ClusterCount]
    centres_: NDArray[np.float64]
    limit_: float
    descriptors_: ColourAndGradients
    embedding_: AbstractRepresentation
    image_shape_: tuple[int, int, int]

    def __init__(
        self,
        *,
        n_categories: int | Literal["auto"] = "auto",
        most: int = 20,
        embedding: AbstractRepresentation | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_categories = n_categories
        self.most = most
        self.embedding = embedding
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        """Find the categories of images ``X``: an array (n, h, w[, c]), ``Images``, or a list of paths.

        Raises
        ------
        ParameterError
            If parameters are out of their range; all are named at once.
        TooFewSamplesError
            If there are fewer images than categories.
        DataError
            If images are smaller than 8 pixels a side.
        """
        raise_gathered(self._parameter_problems())
        images = images_in_full(X)
        self.image_shape_ = images.shape[1:]
        given = 1 if self.n_categories == "auto" else self.n_categories
        if len(images) < given:
            raise TooFewSamplesError(
                f"n_categories is {given}, but there are only {len(images)} images: give more images, or fewer "
                "categories"
            )
        rng = check_random_state(self.random_state)
        glances = _at_a_glance(images)
        self.descriptors_ = ColourAndGradients().fit(glances)
        if self.embedding is not None:
            self.embedding_ = set_random_states(clone(self.embedding), rng).fit(glances)
        features = self._features(glances)
        components = _components(features)
        self.counts_ = cluster_counts(components, self.most, rng) if self.n_categories == "auto" else []
        number, self.reason_ = chosen_count(self.counts_) if self.n_categories == "auto" else (given, _AS_ASKED)
        self._number(features, k_means(components, number, rng).labels_)
        return self

    def predict(self, X: Any) -> NDArray[np.int64]:
        """Return the category of each image, shape (n_samples,): that of the nearest centre."""
        return self.distances(X).argmin(axis=1)

    def distances(self, X: Any) -> NDArray[np.float64]:
        """Return how far the descriptors of images are from each centre, shape (n_samples, n_categories)."""
        check_is_fitted(self)
        images = images_in_full(X, self.image_shape_)
        return _distances(self._features(_at_a_glance(images)), self.centres_)

    def is_known(self, distances: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return whether images at these :meth:`distances` are like one of the categories, shape (n_samples,)."""
        check_is_fitted(self)
        return np.asarray(distances.min(axis=1) <= self.limit_)

    def _features(self, glances: Images) -> NDArray[np.float64]:
        """Return the descriptors of small images, and what the embedding makes of them, which counts as one part."""
        described: NDArray[np.float64] = self.descriptors_.transform(glances)
        if self.embedding is None:
            return described
        embedded = np.asarray(self.embedding_.transform(glances), dtype=np.float64)
        return np.hstack([described, normalize(embedded.reshape(len(embedded), -1))])

    def _number(self, features: NDArray[np.float64], labels: NDArray[np.int64]) -> None:
        """Remember the centres of clusters, of which the largest becomes 0."""
        found, sizes = np.unique(labels, return_counts=True)
        ordered = found[np.argsort(-sizes, kind="stable")]
        self.centres_ = np.stack([features[labels == cluster].mean(axis=0) for cluster in ordered])
        self.n_categories_ = len(ordered)
        # By the nearest centre, as new images are, so that a training image belongs where it would as a new one.
        distances = _distances(features, self.centres_)
        self.labels_ = distances.argmin(axis=1)
        long = 3.0**0.5 if self.embedding is None else 2.0
        self.limit_ = max(FAR_AT_LEAST * long, FAR * float(np.quantile(distances.min(axis=1), 0.99)))

    def _parameter_problems(self) -> list[str]:
        problems = count_problems("most", self.most)
        if self.embedding is not None:
            problems += estimator_problems("embedding", self.embedding, ["fit", "transform"])
        if self.n_categories != "auto" and count_problems("n_categories", self.n_categories):
            problems.append(f"n_categories is {self.n_categories!r}; it must be 'auto' or a whole number of at least 1")
        return problems

    @property
    def n_features_in_(self) -> int:
        """Numbers in an image; ``AttributeError`` before ``fit``, as scikit-learn's tools expect."""
        if not hasattr(self, "image_shape_"):
            raise AttributeError(f"this {type(self).__name__} is not fitted yet: call fit first")
        return int(np.prod(self.image_shape_))

    def __sklearn_tags__(self) -> Tags:
        """Say that images are no tables."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags


def _at_a_glance(images: Images) -> Images:
    """Return images with at most 64 pixels a side."""
    height, width, channels = images.shape[1:]
    return images.converted((min(height, GLANCE), min(width, GLANCE), channels))


def _components(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the principal components that hold most of the variance; of features that are all alike, these."""
    if np.ptp(features, axis=0).max() == 0 or len(features) < 3:
        return features
    return np.asarray(PCA(KEPT_VARIANCE, svd_solver="full").fit_transform(features))


def _distances(features: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.float64]:
    # One centre after the other: all differences at once would be n_categories times the descriptors in memory.
    return np.stack([np.linalg.norm(features - centre, axis=1) for centre in centres], axis=1)
