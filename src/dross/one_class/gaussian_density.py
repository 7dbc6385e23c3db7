"""Gaussian density: one normal distribution around all samples."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, final

import numpy as np
from numpy.typing import NDArray

from dross.one_class.base import AbstractOneClass
from dross.one_class.normal_density import ledoit_wolf, log_density, mean_and_scatter, squared_distances, whitening
from dross.parameters import choice_problems


@final
class GaussianDensity(AbstractOneClass):
    """Score samples by the log-density of one normal distribution fitted to all of them.

    Use it on features that form one roughly elliptical cloud, such as learned representations; it is the fastest of the
    one-class classifiers and its cost is linear in the samples. Do not use it where the normal samples form several
    clusters or lie on a curve: ``NearestNeighbors`` or ``KernelDensity`` then do better.

    It assumes a training set that is nearly free of anomalies: each one pulls the mean towards itself and widens the
    covariance, and clustered ones hide each other. Wrap it in refinement, or use ``RobustGaussian``, where they are
    many.

    Parameters
    ----------
    shrinkage : {"ledoit-wolf", "none"}, default="ledoit-wolf"
        How the covariance is estimated: shrunk towards a sphere by the amount that minimises the expected squared
        error (needed where samples are few for the number of features), or the empirical one. Either way 1e-10 times
        each feature's variance is added to the diagonal, so that fewer samples than features, collinear features and
        constant ones give finite scores: what never varied in training weighs heavily. Shrinking towards a sphere
        depends on the scale of the features; bring them to one scale first.
    contamination : float in (0, 0.5] or "auto", default="auto"
        The share of the training set to raise an alarm on, which sets ``offset_``; ``"auto"``: Tukey's outer fence.

    Attributes
    ----------
    location_ : array of shape (n_features,)
        The mean.
    covariance_ : array of shape (n_features, n_features)
        The estimated covariance, before the ridge.
    shrinkage_ : float
        The share of the sphere in the covariance.
    whitener_ : array of shape (n_features, n_features)
        Turns centred samples into ones of unit covariance.
    log_determinant_ : float
        The logarithm of the covariance's determinant.
    amplification_ : float
        How far whitening can magnify rounding errors.

    Notes
    -----
    Single-precision samples are never copied to double precision as a whole. The fit is computed in double precision
    chunk by chunk; scores are computed in single precision (and right to about five digits) unless features are so
    strongly collinear that digits would be lost: see ``amplification_``.

    References
    ----------
    O. Ledoit, M. Wolf, "A well-conditioned estimator for large-dimensional covariance matrices", Journal of
    Multivariate Analysis 88 (2004). As the one-class classifier on learned features: J. Yoon, K. Sohn, C.-L. Li, S.
    O. Arik, C.-Y. Lee, T. Pfister, "Self-supervise, Refine, Repeat: Improving Unsupervised Anomaly Detection", TMLR
    2022 (arXiv:2106.06115).

    Examples
    --------
    >>> import numpy as np
    >>> from dross.one_class import GaussianDensity
    >>> X = np.random.default_rng(0).normal(size=(200, 3))
    >>> detector = GaussianDensity().fit(X)
    >>> detector.predict([[0, 0, 0], [9, 9, 9]]).tolist()
    [1, -1]
    """

    _dtypes: ClassVar[tuple[type[np.floating], ...]] = (np.float64, np.float32)

    location_: NDArray[np.float64]
    covariance_: NDArray[np.float64]
    shrinkage_: float
    whitener_: NDArray[np.float64]
    log_determinant_: float
    amplification_: float

    def __init__(
        self,
        *,
        shrinkage: Literal["ledoit-wolf", "none"] = "ledoit-wolf",
        contamination: float | Literal["auto"] = "auto",
    ) -> None:
        self.shrinkage = shrinkage
        self.contamination = contamination

    def _parameter_problems(self) -> list[str]:
        return choice_problems("shrinkage", self.shrinkage, ["ledoit-wolf", "none"])

    def _fit(self, X: NDArray[Any]) -> None:
        self.location_, scatter, fourth = mean_and_scatter(X)
        if self.shrinkage == "ledoit-wolf":
            self.covariance_, self.shrinkage_ = ledoit_wolf(scatter, fourth, len(X))
        else:
            self.covariance_, self.shrinkage_ = scatter / len(X), 0.0
        self.whitener_, self.log_determinant_, self.amplification_ = whitening(self.covariance_)

    def _normality(self, X: NDArray[Any]) -> NDArray[np.float64]:
        distances = squared_distances(X, self.location_, self.whitener_, self.amplification_)
        return log_density(distances, X.shape[1], self.log_determinant_)
