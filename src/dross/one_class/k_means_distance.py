"""K-means distance: how far away the nearest cluster centre is."""

from __future__ import annotations

import warnings
from typing import Any, Literal, final

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

from dross.one_class.base import AbstractOneClass
from dross.one_class.normal_density import row_chunks
from dross.parameters import count_problems


@final
class KMeansDistance(AbstractOneClass):
    """Score samples by their distance to the nearest of a few cluster centres.

    Use it where normal samples form several compact clusters of about the same width, and speed matters: scoring
    costs as little as a few distances a sample. Do not use it where clusters differ in width or are elongated: the
    distance does not know it.

    It assumes a training set nearly free of anomalies, and free of clustered ones: a group of them draws a centre to
    itself and then looks perfectly normal. The more clusters, the fewer anomalies are needed for that.

    Parameters
    ----------
    n_clusters : int, default=8
        The number of centres. Where there are fewer distinct samples, each is a centre.
    contamination : float in (0, 0.5] or "auto", default="auto"
        The share of the training set to raise an alarm on, which sets ``offset_``; ``"auto"``: Tukey's outer fence.
    random_state : int, RandomState or None, default=None
        Chooses the centres to start from.

    Attributes
    ----------
    centres_ : array of shape (n_clusters, n_features)
        The cluster centres.

    References
    ----------
    S. P. Lloyd, "Least squares quantization in PCM", IEEE Transactions on Information Theory 28 (1982); D. Arthur,
    S. Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007.

    Examples
    --------
    >>> import numpy as np
    >>> from dross.one_class import KMeansDistance
    >>> X = np.array([[0.0], [0.0], [10.0], [10.0]])
    >>> KMeansDistance(n_clusters=2, random_state=0).fit(X).score_samples([[1.0], [10.0], [13.0]]).tolist()
    [-1.0, -0.0, -3.0]
    """

    centres_: NDArray[np.float64]

    def __init__(
        self,
        *,
        n_clusters: int = 8,
        contamination: float | Literal["auto"] = "auto",
        random_state: int | RandomState | None = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.contamination = contamination
        self.random_state = random_state

    def _parameter_problems(self) -> list[str]:
        return count_problems("n_clusters", self.n_clusters)

    def _least_samples(self) -> tuple[int, str]:
        return max(2, self.n_clusters), "give it more samples, or lower n_clusters"

    def _fit(self, X: NDArray[Any]) -> None:
        n_clusters = min(self.n_clusters, _distinct_up_to(X, self.n_clusters))
        # k-means subtracts the mean itself, but takes it without care for a large offset; the first row removes that.
        with warnings.catch_warnings():
            # Rows that differ by rounding alone count as distinct above but not to k-means, which warns and goes on.
            warnings.simplefilter("ignore", ConvergenceWarning)
            clusters = KMeans(n_clusters, n_init=1, random_state=self.random_state).fit(X - X[0])
        self.centres_ = clusters.cluster_centers_ + X[0]

    def _normality(self, X: NDArray[Any]) -> NDArray[np.float64]:
        nearest = np.empty(len(X))
        for rows in row_chunks(len(X), X.shape[1] + len(self.centres_)):
            nearest[rows] = cdist(X[rows], self.centres_).min(axis=1)
        return -nearest


def _distinct_up_to(X: NDArray[Any], enough: int) -> int:
    """Return the number of distinct rows, or a smaller number that is at least ``enough``: a few rows mostly tell."""
    few = len(np.unique(X[: 4 * enough], axis=0))
    return few if few >= enough else len(np.unique(X, axis=0))
