"""Defects of surfaces: what stands out of its own image, as a patch or as a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal, final

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from dross.data.images import Images
from dross.inspection.map_base import AbstractMapDetector
from dross.inspection.matched_filters import MatchedFilters
from dross.inspection.patch_distributions import PatchDistributions
from dross.parameters import estimator_problems

#: A map that deviates by less than this does not vary.
_LEAST_SPREAD: Final = 1e-6


@final
class SurfaceDefects(AbstractMapDetector):
    """Score each position by the higher of two maps, of patches and of lines, each measured from its own image.

    Use it on surfaces, which have a grain and no shape: images of one surface differ more in their grain than a crack
    makes a difference, so that a position is compared with the rest of its image. Do not use it on objects: what is
    unusual in most places, such as a wrong colour, is then what all is measured from; nor with few images.

    From each map the median of its image is taken, and the rest measured in deviations of the training images as if
    each had been left out of training.

    It assumes training images nearly free of defects.

    Parameters
    ----------
    patches : detector with ``iterate_maps`` or None, default None
        What finds patches; ``None``: ``PatchDistributions()``.
    lines : detector with ``iterate_maps`` or None, default None
        What finds lines; ``None``: ``MatchedFilters()``.
    top_share : float in (0, 1], default 0.01
        The share of a map's pixels, its highest, whose mean is the score of the image.
    contamination : float in (0, 0.5] or "auto", default "auto"
        The share of the training set to raise an alarm on, which sets ``offset_``; ``"auto"``: Tukey's outer fence of
        the scores that training images would have had if each had been left out of training.

    Attributes
    ----------
    image_shape_ : tuple of int
        Height, width and channels of an image.
    patches_, lines_ : detectors
        The fitted parts.
    spreads_ : array of shape (2,)
        The deviation of their maps from the median of an image.

    References
    ----------
    The parts are Defard et al., ICPR 2020 workshops, arXiv:2011.08785, and Chaudhuri et al., IEEE Transactions on
    Medical Imaging 8 (1989); the maximum of scores on one scale: Aggarwal and Sathe, "Theoretical Foundations and
    Algorithms for Outlier Ensembles", SIGKDD Explorations 17 (2015).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> grain = rng.uniform(20, 80, size=(20, 1, 1)) * rng.normal(size=(20, 48, 48))
    >>> images = np.clip(128 + grain, 0, 255).astype(np.uint8)
    >>> cracked = images.copy()
    >>> cracked[:, 30:32, 10:40] = 0
    >>> detector = SurfaceDefects().fit(images)
    >>> bool((detector.score_samples(cracked) < detector.score_samples(images)).all())
    True
    """

    patches_: Any
    lines_: Any
    spreads_: NDArray[np.float64]

    def __init__(
        self,
        *,
        patches: Any = None,
        lines: Any = None,
        top_share: float = 0.01,
        contamination: float | Literal["auto"] = "auto",
    ) -> None:
        self.patches = patches
        self.lines = lines
        self.top_share = top_share
        self.contamination = contamination

    def _learn(self, images: Images) -> None:
        self.patches_, self.lines_ = (clone(part).fit(images) for part in self._parts())
        self.spreads_ = np.array([_spread(part, images) for part in (self.patches_, self.lines_)])

    def iterate_maps(self, images: Images, *, left_out: bool = False) -> Iterator[NDArray[np.float32]]:
        """Yield the score maps of images: at each position the higher of the two."""
        both = (_from_medians(part, images, left_out=left_out) for part in (self.patches_, self.lines_))
        for patches, lines in zip(*both, strict=True):
            yield np.maximum(patches / np.float32(self.spreads_[0]), lines / np.float32(self.spreads_[1]))

    def _parts(self) -> tuple[Any, Any]:
        return self.patches or PatchDistributions(), self.lines or MatchedFilters()

    def _own_problems(self) -> list[str]:
        patches, lines = self._parts()
        verbs = ["fit", "iterate_maps"]
        return estimator_problems("patches", patches, verbs) + estimator_problems("lines", lines, verbs)


def _from_medians(part: Any, images: Images, *, left_out: bool) -> Iterator[NDArray[np.float32]]:
    """Yield the maps of a part, each less its median."""
    for maps in part.iterate_maps(images, left_out=left_out):
        yield maps - np.median(maps, axis=(1, 2), keepdims=True)


def _spread(part: Any, images: Images) -> float:
    """Return the standard deviation of the training maps of a part, each as if its image had been left out."""
    total = squares = 0.0
    for maps in _from_medians(part, images, left_out=True):
        total += float(maps.sum(dtype=np.float64))
        squares += float(np.square(maps, dtype=np.float64).sum())
    n = len(images) * int(np.prod(images.shape[1:3]))
    return max(float(np.sqrt(max(squares / n - (total / n) ** 2, 0.0))), _LEAST_SPREAD)
