"""Small detectors and data sets for tests of the evaluation, in a module so that worker processes find them."""

from __future__ import annotations

import os
import time
import warnings
from dataclasses import dataclass
from typing import Any, Literal, Self, final

import numpy as np
from numpy.typing import NDArray

from dross.data.dataset import Dataset, make_dataset
from dross.detector import AbstractDetector
from dross.errors import DataError, ParameterError, did_you_mean


@dataclass(frozen=True)
class Round:
    """What a refined detector notes of a round."""

    round: int
    epoch: int
    kept: NDArray[np.bool_]
    votes: NDArray[np.int64]
    thresholds: NDArray[np.float64]
    rejection: float
    loss: float | None


@final
class Distance(AbstractDetector):
    """Scores by the distance from the mean, or fails, warns, sleeps or dies as its parameters say."""

    def __init__(self, *, power: float = 1.0, act: str = "", random_state: int | None = None) -> None:
        self.power = power
        self.act = act
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        if self.act == "fail":
            raise RuntimeError("made to fail")
        if self.act == "ctrl-c":
            raise KeyboardInterrupt
        if self.act == "warn":
            for _ in range(3):
                warnings.warn("made to warn", stacklevel=1)
        if self.act == "die":
            os._exit(9)
        if self.act.startswith("sleep"):
            time.sleep(float(self.act.removeprefix("sleep")))
        self.mean_ = X.mean(axis=0)
        self.n_fitted_ = len(X)
        self.offset_ = float(np.quantile(self.score_samples(X), 0.05))
        return self

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        scores = -(np.linalg.norm(X - self.mean_, axis=1) ** self.power)
        return scores * np.nan if self.act == "nan" else scores


@final
class RefinedDistance(AbstractDetector):
    """Drops the farthest share, then scores by the distance from the mean of the rest."""

    def __init__(self, *, power: float = 1.0, rejection: float = 0.1, random_state: int | None = None) -> None:
        self.power = power
        self.rejection = rejection
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        scores = Distance(power=self.power).fit(X).score_samples(X)
        self.inlier_mask_ = scores >= np.quantile(scores, self.rejection)
        votes, thresholds = (~self.inlier_mask_).astype(np.int64), np.zeros(1)
        self.refinement_trace_ = [Round(0, 0, self.inlier_mask_, votes, thresholds, self.rejection, None)]
        self.detector_ = Distance(power=self.power).fit(X[self.inlier_mask_])
        self.offset_ = self.detector_.offset_
        return self

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        return self.detector_.score_samples(X)


_PARAMETERS = {"blind": ("power", "act"), "refined": ("power", "rejection")}


def build(
    name: str, *, training: Literal["blind", "refined"], random_state: Any = None, **parameters: Any
) -> AbstractDetector:
    """Make a stand-in: ``distance``, ``far`` (the same by another name)."""
    if name not in ("distance", "far"):
        raise ParameterError(f"no detector is called '{name}'{did_you_mean(name, ['distance', 'far'])}")
    known = _PARAMETERS[training]
    for key in parameters:
        if key not in known:
            raise ParameterError(f"unknown parameter '{key}'{did_you_mean(key, known)}")
    made = Distance if training == "blind" else RefinedDistance
    return made(random_state=random_state, **parameters)


def load(name: str) -> Dataset:
    """Make a stand-in: ``toy``, ``toy-2``, ... with 60 anomalies, and ``few`` with 10."""
    if name.partition("-")[0] not in ("toy", "few"):
        raise DataError(f"no data set is called '{name}'{did_you_mean(name, ['toy', 'few'])}")
    generator = np.random.default_rng(sum(name.encode()))
    n_anomalies = 60 if name.startswith("toy") else 10
    X = np.vstack([generator.normal(size=(400, 3)), generator.normal(1.5, 0.5, size=(n_anomalies, 3))])
    return make_dataset(name, X, np.repeat([0, 1], [400, n_anomalies]))
