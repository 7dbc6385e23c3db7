"""Small image detectors and data sets for tests of the evaluation, in a module so that worker processes find them."""

from __future__ import annotations

import functools
from typing import Any, Literal, Self, final

import numpy as np
from numpy.typing import NDArray

from dross.data.dataset import Dataset
from dross.data.named_images import ImageDataset
from dross.detector import AbstractDetector
from dross.errors import DataError, did_you_mean
from tests.evaluation import stand_ins


@final
class Flat(AbstractDetector):
    """A stand-in for tables on the pixels of images."""

    def __init__(self, detector: Any) -> None:
        self.detector = detector

    def fit(self, X: Any, y: Any = None) -> Self:
        assert X.dtype == np.uint8
        assert X.ndim == 4
        self.detector.fit(flat(X))
        self.offset_ = self.detector.offset_
        if hasattr(self.detector, "inlier_mask_"):
            self.inlier_mask_ = self.detector.inlier_mask_
            self.refinement_trace_ = self.detector.refinement_trace_
        return self

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        return np.asarray(self.detector.score_samples(flat(X)))


def flat(X: NDArray[np.uint8]) -> NDArray[np.float64]:
    return X.reshape(len(X), -1).astype(np.float64)


def build(
    name: str, *, training: Literal["blind", "refined"], random_state: Any = None, **parameters: Any
) -> AbstractDetector:
    """Make a stand-in: ``distance`` or ``far``."""
    return Flat(stand_ins.build(name, training=training, random_state=random_state, **parameters))


@functools.cache
def pictures(name: str, n: int = 90) -> ImageDataset:
    """Return ``n`` images of each of three classes, darker to brighter, every third of them in the test split."""
    generator = np.random.default_rng(sum(name.encode()))
    classes = np.repeat([0, 1, 2], n)
    level = np.array([60, 100, 120])[classes]
    X = generator.normal(level[:, None, None, None], 25, size=(3 * n, 4, 4, 1)).clip(0, 255).astype(np.uint8)
    test = np.arange(3 * n) % 3 == 0
    return ImageDataset(
        name, X, classes, ("cat", "dog", "ship"), test, f"sum of {name}", "made up", "none", ("a note",)
    )


def load(name: str) -> Dataset | ImageDataset:
    """Make a stand-in: ``pictures`` or ``pictures-2``, or a table."""
    if name.partition("-")[0] == "toy":
        return stand_ins.load(name)
    if name.partition("-")[0] != "pictures":
        raise DataError(f"no data set is called '{name}'{did_you_mean(name, ['toy', 'pictures'])}")
    return pictures(name)
