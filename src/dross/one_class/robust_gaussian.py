"""Robust Gaussian: one normal distribution around the tightest part of the samples."""

from __future__ import annotations

import warnings
from typing import Any, Literal, final

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray
from sklearn.covariance import MinCovDet

from dross.one_class.base import AbstractOneClass
from dross.one_class.normal_density import ledoit_wolf, log_density, mean_and_scatter, squared_distances, whitening
from dross.parameters import share_problems


@final
class RobustGaussian(AbstractOneClass):
    """Score samples by the log-density of a normal distribution fitted to the tightest half of them.

    Use it on contaminated tables of some dozen features at most whose normal samples form one elliptical cloud. Do
    not use it with many features for the number of samples, on features that are mostly one value (counts, one-hot
    columns: the tightest half then has no variance there), nor on several clusters. It is far slower than
    ``GaussianDensity``.

    It assumes that most of the training set is normal and forms one cloud: in principle more than half of it. With more
    than about a third of clustered anomalies, though, the search for the tightest half may settle on a mixture.

    Parameters
    ----------
    support_fraction : float in (0, 1] or None, default=None
        The share of samples to fit on; ``None`` is the smallest sound one, ``(n_samples + n_features + 1) / 2``
        samples.
    contamination : float in (0, 0.5] or "auto", default="auto"
        The share of the training set to raise an alarm on, which sets ``offset_``; ``"auto"``: Tukey's outer fence.
    random_state : int, RandomState or None, default=None
        Chooses the subsets that the search starts from.

    Attributes
    ----------
    robust_ : bool
        Whether the robust estimate was possible. It is not with fewer than two samples for each feature, nor where most
        samples are equal: the Ledoit-Wolf estimate from all samples then takes its place.
    location_ : array of shape (n_features,)
        The centre.
    covariance_ : array of shape (n_features, n_features)
        The covariance.
    whitener_ : array of shape (n_features, n_features)
        Turns centred samples into ones of unit covariance.
    log_determinant_ : float
        The logarithm of the covariance's determinant, with 1e-10 of each variance added to the diagonal.
    amplification_ : float
        How far whitening can magnify rounding errors.

    References
    ----------
    P. J. Rousseeuw, K. Van Driessen, "A fast algorithm for the minimum covariance determinant estimator", Technometrics
    41 (1999).

    Examples
    --------
    >>> import numpy as np
    >>> from dross.one_class import RobustGaussian
    >>> X = np.random.default_rng(0).normal(size=(200, 3))
    >>> X[:40] += 8  # a fifth of the training set is anomalous
    >>> detector = RobustGaussian(random_state=0).fit(X)
    >>> detector.predict([[0, 0, 0], [8, 8, 8]]).tolist()
    [1, -1]
    """

    robust_: bool
    location_: NDArray[np.float64]
    covariance_: NDArray[np.float64]
    whitener_: NDArray[np.float64]
    log_determinant_: float
    amplification_: float

    def __init__(
        self,
        *,
        support_fraction: float | None = None,
        contamination: float | Literal["auto"] = "auto",
        random_state: int | RandomState | None = None,
    ) -> None:
        self.support_fraction = support_fraction
        self.contamination = contamination
        self.random_state = random_state

    def _parameter_problems(self) -> list[str]:
        return [] if self.support_fraction is None else share_problems("support_fraction", self.support_fraction)

    def _fit(self, X: NDArray[Any]) -> None:
        # The estimate follows every change of scale, but its implementation takes small covariances for 0.
        scale = _spread(X)
        estimate = self._robust_estimate((X - X[0]) / scale) if len(X) >= 2 * X.shape[1] else None
        self.robust_ = estimate is not None
        if estimate is None:
            self.location_, scatter, fourth = mean_and_scatter(X)
            self.covariance_, _ = ledoit_wolf(scatter, fourth, len(X))
        else:
            self.location_ = X[0] + estimate.location_ * scale
            self.covariance_ = estimate.covariance_ * np.outer(scale, scale)
        self.whitener_, self.log_determinant_, self.amplification_ = whitening(self.covariance_)

    def _robust_estimate(self, X: NDArray[Any]) -> MinCovDet | None:
        estimator = MinCovDet(support_fraction=self.support_fraction, random_state=self.random_state)
        with warnings.catch_warnings():
            # It warns of a covariance without full rank, and of what follows from it; the ridge in whitening sees to
            # that.
            warnings.simplefilter("ignore")
            try:
                estimate = estimator.fit(X)
            except ValueError:  # "The covariance matrix of the support data is equal to 0": most samples are equal
                return None
        found = np.isfinite(estimate.covariance_).all() and np.trace(estimate.covariance_) > 0
        return estimate if found else None

    def _normality(self, X: NDArray[Any]) -> NDArray[np.float64]:
        distances = squared_distances(X, self.location_, self.whitener_, self.amplification_)
        return log_density(distances, X.shape[1], self.log_determinant_)


def _spread(X: NDArray[Any]) -> NDArray[np.float64]:
    """Return the interquartile range of each feature; its standard deviation where that is 0, and 1 where both are."""
    low, high = np.percentile(X, [25, 75], axis=0)
    deviations = X.std(axis=0)
    return np.where(high > low, high - low, np.where(deviations > 0, deviations, 1.0))
