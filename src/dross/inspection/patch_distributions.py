"""Patch distributions: at each position of the image a Gaussian of what normal images look like there."""

from __future__ import annotations

from typing import Any, Final, Literal, final

import numpy as np
from numpy.typing import NDArray

from dross.data.images import Images
from dross.inspection.local_features import local_features
from dross.inspection.patch_base import AbstractPatchDetector
from dross.parameters import positive_problems

#: Added to the variance of each feature, of which the average over the image is 1.
_RIDGE: Final = 1e-3


@final
class PatchDistributions(AbstractPatchDetector):
    """Score each position of an image by a Gaussian of what the training images look like there.

    Use it on parts that are always photographed alike, in one place and one position: for defects of any kind, from a
    few dozen images, in seconds and without training. Do not use it where objects lie anywhere or turned anyhow: what
    is normal at one position is then normal at all of them, and defects are lost in it.

    It assumes training images nearly free of defects; a defect at one position is learned there alone. Features are
    not those of PaDiM, which takes them from a network trained on ImageNet: nothing here has seen other images.

    Parameters
    ----------
    scales : tuple of float, default (1, 2, 4)
        Standard deviations, in pixels, of the surroundings of a position that are looked at.
    stride : int, default 4
        Pixels from one position to the next.
    shrinkage : float in [0, 1], default 0.1
        How far the covariance of a position is drawn towards the mean covariance of all: few images say little of one
        position.
    smoothing : float, default 4
        Standard deviation, in pixels, of the Gaussian that smooths the map.
    top_share : float in (0, 1], default 0.01
        The share of a map's pixels, its highest, whose mean is the score of the image.
    contamination : float in (0, 0.5] or "auto", default "auto"
        The share of the training set to raise an alarm on, which sets ``offset_``; ``"auto"``: Tukey's outer fence of
        the scores that training images would have had if each had been left out of training.

    Attributes
    ----------
    image_shape_ : tuple of int
        Height, width and channels of an image.
    n_samples_fit_ : int
        How many images it was fitted on.
    means_ : array of shape (n_positions, k)
        The mean features at each position.
    whiteners_ : array of shape (n_positions, k, k)
        What makes differences from the mean at a position uncorrelated and of variance 1.

    References
    ----------
    Defard, Setkov, Loesch and Audigier, "PaDiM: a Patch Distribution Modeling Framework for Anomaly Detection and
    Localization", ICPR 2020 workshops, arXiv:2011.08785.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> images = rng.integers(90, 110, size=(20, 32, 32, 1), dtype=np.uint8)
    >>> damaged = images[:1].copy()
    >>> damaged[:, 9:12, 20:24] = 255
    >>> detector = PatchDistributions().fit(images)
    >>> bool(detector.score_samples(damaged)[0] < detector.score_samples(images).min())
    True
    >>> [int(at) for at in np.unravel_index(detector.score_maps(damaged)[0].argmax(), (32, 32))]
    [10, 22]
    """

    n_samples_fit_: int
    means_: NDArray[np.float32]
    whiteners_: NDArray[np.float32]

    def __init__(
        self,
        *,
        scales: tuple[float, ...] = (1.0, 2.0, 4.0),
        stride: int = 4,
        shrinkage: float = 0.1,
        smoothing: float = 4.0,
        top_share: float = 0.01,
        contamination: float | Literal["auto"] = "auto",
    ) -> None:
        self.scales = scales
        self.stride = stride
        self.shrinkage = shrinkage
        self.smoothing = smoothing
        self.top_share = top_share
        self.contamination = contamination

    def _described(self, images: NDArray[Any]) -> NDArray[np.float32]:
        return local_features(images, tuple(self.scales), self.stride)

    def _learn(self, images: Images) -> None:
        self.n_samples_fit_ = len(images)
        means, covariances = self._moments(images)
        pooled = covariances.mean(axis=0)
        # Features are of different kinds: each is measured by its own variance, which one that never varies lacks.
        variances = np.diag(pooled).copy()
        variances[variances <= 1e-12] = 1.0
        covariances *= 1.0 - self.shrinkage
        covariances += self.shrinkage * pooled + _RIDGE * np.diag(variances)
        self.means_ = means.astype(np.float32)
        # With L L' the inverse of the covariance, the squared length of L'd is Mahalanobis' distance of d.
        self.whiteners_ = np.linalg.cholesky(np.linalg.inv(covariances)).astype(np.float32)

    def _moments(self, images: Images) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the mean (n_positions, k) and the covariance (n_positions, k, k) at each position, in one pass."""
        near = total = scatter = np.zeros(())
        for features in self._features(images):
            rows = _by_position(features).astype(np.float64)
            if near.ndim == 0:  # sums around a point among them, so that an offset costs no digits
                near = rows.mean(axis=1, keepdims=True)
            rows -= near
            total, scatter = total + rows.sum(axis=1), scatter + rows.transpose(0, 2, 1) @ rows
        shift = total / len(images)
        return near[:, 0] + shift, scatter / len(images) - shift[:, :, None] * shift[:, None, :]

    def _unusualness(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        white = (_by_position(features) - self.means_[:, None]) @ self.whiteners_
        return np.sqrt(np.square(white).sum(axis=2)).T.reshape(features.shape[:3])

    def _left_out(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        # Without image i, and with d its difference from the mean of all n, the difference becomes n / (n - 1) d, and
        # the covariance of the position n / (n - 1) (C - dd' / (n - 1)). Sherman and Morrison's formula gives the
        # distance from that among all. What i adds to the mean covariance of all positions is neglected.
        n = self.n_samples_fit_
        squared = np.square(self._unusualness(features).astype(np.float64))
        left = np.maximum(1.0 - (1.0 - self.shrinkage) / (n - 1) * squared, 1e-3)
        return np.sqrt(n / (n - 1) * squared / left).astype(np.float32)

    def _own_problems(self) -> list[str]:
        scales = self.scales if isinstance(self.scales, (tuple, list)) else [self.scales]
        problems = [problem for scale in scales for problem in positive_problems("scales", scale)]
        problems += [] if scales else ["scales is empty; it must be a tuple of 1 or more positive numbers"]
        if not isinstance(self.shrinkage, (int, float)) or not 0 <= self.shrinkage <= 1:
            problems.append(f"shrinkage is {self.shrinkage!r}; it must be a number in [0, 1]")
        return [*problems, *self._grid_problems()]


def _by_position(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return features (n, n_rows, n_columns, k) as (n_rows * n_columns, n, k)."""
    return features.reshape(len(features), -1, features.shape[3]).transpose(1, 0, 2)
