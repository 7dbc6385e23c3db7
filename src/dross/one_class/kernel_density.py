"""Kernel density: a small normal distribution around each training sample."""

from __future__ import annotations

from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from dross.one_class.base import AbstractOneClass
from dross.parameters import choice_or_positive_problems

_CHUNK_DISTANCES = 1 << 22  # distances held at a time: 32 MiB


@final
class KernelDensity(AbstractOneClass):
    """Score samples by the log-density of a sum of small normal distributions, one around each training sample.

    Use it where normal samples form shapes of any kind in few features (up to about ten). Do not use it above some ten
    thousand samples, since scoring compares each sample with all of them, nor in many features, where a density tells
    little that the nearest neighbour does not.

    It assumes a training set free of anomalies: around each stored one the density is raised. Scattered anomalies are
    far from all others, and do little harm to any but themselves; clustered ones vouch for each other.

    Parameters
    ----------
    bandwidth : {"scott", "silverman"} or float, default="scott"
        The standard deviation of the kernels. A rule gives one for each feature: the feature's standard deviation
        times ``n ** (-1 / (d + 4))`` (Scott), or times ``(n * (d + 2) / 4) ** (-1 / (d + 4))`` (Silverman); a
        constant feature takes the mean of the others, or 1. A number is used for all features, in their own unit.
    contamination : float in (0, 0.5] or "auto", default="auto"
        The share of the training set to raise an alarm on, which sets ``offset_``; ``"auto"``: Tukey's outer fence.

    Attributes
    ----------
    bandwidths_ : array of shape (n_features,)
        The standard deviation of the kernels in each feature.
    samples_ : array of shape (n_samples, n_features)
        The training samples relative to ``location_``, divided by ``bandwidths_``.
    location_ : array of shape (n_features,)
        The first training sample.

    Notes
    -----
    A sample that is equal to a stored one is scored as if that one had been left out, so that the scores of the
    training samples are those they would have had as new ones. In many features it is this that keeps the threshold
    meaningful: the kernel around a training sample itself would outweigh all others together.

    References
    ----------
    E. Parzen, "On estimation of a probability density function and mode", Annals of Mathematical Statistics 33 (1962);
    D. W. Scott, "Multivariate density estimation", Wiley 1992 (the rule).

    Examples
    --------
    >>> import numpy as np
    >>> from dross.one_class import KernelDensity
    >>> X = np.random.default_rng(0).normal(size=(200, 2))
    >>> detector = KernelDensity().fit(X)
    >>> detector.predict([[0, 0], [9, 9]]).tolist()
    [1, -1]
    """

    bandwidths_: NDArray[np.float64]
    samples_: NDArray[np.float64]
    location_: NDArray[np.float64]

    def __init__(
        self,
        *,
        bandwidth: float | Literal["scott", "silverman"] = "scott",
        contamination: float | Literal["auto"] = "auto",
    ) -> None:
        self.bandwidth = bandwidth
        self.contamination = contamination

    def _parameter_problems(self) -> list[str]:
        return choice_or_positive_problems("bandwidth", self.bandwidth, ["scott", "silverman"])

    def _fit(self, X: NDArray[Any]) -> None:
        self.location_ = X[0].copy()
        moved = X - self.location_
        self.bandwidths_ = self._bandwidths(moved)
        self.samples_ = moved / self.bandwidths_

    def _bandwidths(self, X: NDArray[Any]) -> NDArray[np.float64]:
        n_samples, n_features = X.shape
        if not isinstance(self.bandwidth, str):
            return np.full(n_features, float(self.bandwidth))
        count = n_samples if self.bandwidth == "scott" else n_samples * (n_features + 2) / 4
        bandwidths = X.std(axis=0, ddof=1) * count ** (-1.0 / (n_features + 4))
        varies = bandwidths > 0
        bandwidths[~varies] = bandwidths[varies].mean() if varies.any() else 1.0
        return bandwidths

    def _normality(self, X: NDArray[Any]) -> NDArray[np.float64]:
        scores = np.empty(len(X))
        step = max(1, _CHUNK_DISTANCES // len(self.samples_))
        for start in range(0, len(X), step):
            rows = slice(start, start + step)
            scores[rows] = self._log_density((X[rows] - self.location_) / self.bandwidths_)
        return scores

    def _log_density(self, X: NDArray[Any]) -> NDArray[np.float64]:
        # Computed by differences, so that equal samples are at a distance of exactly 0 and a large offset costs no
        # digits.
        squared = cdist(X, self.samples_, "sqeuclidean")
        nearest = squared.argmin(axis=1)
        stored = np.flatnonzero(squared[np.arange(len(X)), nearest] == 0.0)
        squared[stored, nearest[stored]] = np.inf
        n_kernels = np.full(len(X), len(self.samples_))
        n_kernels[stored] -= 1
        # The nearest kernel is taken out of the sum before the exponential, which can then neither over- nor underflow.
        least = squared.min(axis=1)
        squared -= least[:, None]
        squared *= -0.5
        total = np.exp(squared, out=squared).sum(axis=1)
        constant = 0.5 * X.shape[1] * np.log(2.0 * np.pi) + np.log(self.bandwidths_).sum()
        return np.log(total / n_kernels) - 0.5 * least - constant
