"""Nearest neighbours: how far away the nearest training samples are."""

from __future__ import annotations

from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors as SklearnNearestNeighbors

from dross.one_class.base import AbstractOneClass
from dross.one_class.normal_density import row_chunks
from dross.parameters import count_problems


@final
class NearestNeighbors(AbstractOneClass):
    """Score samples by their mean distance to the nearest training samples.

    Use it where normal samples form clusters or curved shapes of any kind, and up to some hundred thousand samples.
    Do not use it where memory or scoring time is short: it keeps all training samples and searches them for each new
    one.

    It assumes a training set free of anomalies: a single stored one makes every anomaly like it look normal. With
    anomalies in the training set, clustered above all, wrap it in refinement or raise ``n_neighbors`` above the
    number of anomalies in a cluster.

    Parameters
    ----------
    n_neighbors : int, default=5
        The number of neighbours that the distance is averaged over.
    contamination : float in (0, 0.5] or "auto", default="auto"
        The share of the training set to raise an alarm on, which sets ``offset_``; ``"auto"``: Tukey's outer fence.

    Attributes
    ----------
    index_ : sklearn.neighbors.NearestNeighbors
        The index of ``samples_``.
    samples_ : array of shape (n_samples, n_features)
        The training samples, moved so that their mean is 0.
    location_ : array of shape (n_features,)
        The mean of the training samples.

    Notes
    -----
    A sample that is equal to a stored one is scored as if that one had been left out. So the scores of the training
    samples are those they would have had as new ones, and a row has the same score alone as among others. Of several
    equal stored samples only one is left out: duplicates are near each other.

    References
    ----------
    S. Ramaswamy, R. Rastogi, K. Shim, "Efficient algorithms for mining outliers from large data sets", SIGMOD 2000;
    F. Angiulli, C. Pizzuti, "Fast outlier detection in high dimensional spaces", PKDD 2002 (the mean distance).

    Examples
    --------
    >>> import numpy as np
    >>> from dross.one_class import NearestNeighbors
    >>> X = np.arange(6.0).reshape(-1, 1)
    >>> NearestNeighbors(n_neighbors=2).fit(X).score_samples([[0.0], [0.5], [9.0]]).tolist()
    [-1.5, -0.5, -4.5]
    """

    index_: SklearnNearestNeighbors
    samples_: NDArray[np.float64]
    location_: NDArray[np.float64]

    def __init__(self, *, n_neighbors: int = 5, contamination: float | Literal["auto"] = "auto") -> None:
        self.n_neighbors = n_neighbors
        self.contamination = contamination

    def _parameter_problems(self) -> list[str]:
        return count_problems("n_neighbors", self.n_neighbors)

    def _least_samples(self) -> tuple[int, str]:
        return self.n_neighbors + 1, "give it more samples, or lower n_neighbors"

    def _fit(self, X: NDArray[Any]) -> None:
        self.location_ = X[0] + (X - X[0]).mean(axis=0)
        # One more than asked for: the sample itself may be among those found.
        self.samples_ = X - self.location_
        self.index_ = SklearnNearestNeighbors(n_neighbors=self.n_neighbors + 1).fit(self.samples_)

    def _normality(self, X: NDArray[Any]) -> NDArray[np.float64]:
        means = np.empty(len(X))
        for rows in row_chunks(len(X), X.shape[1] * (self.n_neighbors + 1)):
            means[rows] = self._mean_distances(X[rows] - self.location_)
        return -means

    def _mean_distances(self, X: NDArray[Any]) -> NDArray[np.float64]:
        found = self.index_.kneighbors(X, return_distance=False)
        # The index may compute distances by a fast formula that gives 1e-8 for equal samples; differences give
        # exactly 0.
        differences = self.samples_[found] - X[:, None, :]
        distances = np.sort(np.sqrt(np.einsum("ijk,ijk->ij", differences, differences)), axis=1)
        without_itself = np.where(distances[:, :1] == 0.0, distances[:, 1:], distances[:, :-1])
        return without_itself.mean(axis=1)
