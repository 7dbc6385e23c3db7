"""Small detectors that take labels, that reconstruct, or that have something to tell, for tests of the evaluation."""

from __future__ import annotations

import warnings
from typing import Any, ClassVar, Literal, Self, final

import numpy as np
from numpy.typing import NDArray

from dross.detector import AbstractDetector
from dross.errors import DataError, ParameterError
from tests.evaluation import image_stand_ins
from tests.evaluation.image_stand_ins import flat


@final
class Means(AbstractDetector):
    """Scores by the distance from the mean of the normals, and where there are labels also from that of anomalies."""

    def __init__(self, *, weight: float = 1.0, tell: bool = False, random_state: int | None = None) -> None:
        self.weight = weight
        self.tell = tell
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None, *, labels: Any = None) -> Self:
        known = np.zeros(len(X)) if labels is None else np.asarray(labels)
        self.n_told_ = None if labels is None else int(known.sum())
        self.normal_ = flat(X[known == 0]).mean(axis=0)
        self.anomaly_ = flat(X[known == 1]).mean(axis=0) if (known == 1).any() else None
        if self.tell:
            self.findings_ = ["the code of every image is the same"]
            warnings.warn(self.findings_[0], stacklevel=1)
        self.offset_ = float(np.quantile(self.score_samples(X[known == 0]), 0.05))
        return self

    def reconstruct(self, X: Any) -> NDArray[np.float64]:
        return np.tile(self.normal_, (len(X), 1))

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        far = np.asarray(np.abs(flat(X) - self.reconstruct(X)).mean(axis=1))
        if self.anomaly_ is not None:
            far -= self.weight * np.abs(flat(X) - self.anomaly_).mean(axis=1)
        return -far


@final
class Supervised(AbstractDetector):
    """Needs labels of both kinds."""

    _takes_labels: ClassVar[Literal["no", "optional", "needed"]] = "needed"

    def __init__(self, *, random_state: int | None = None) -> None:
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None, *, labels: Any = None) -> Self:
        if labels is None:
            raise DataError("there are no labels: give some")
        self.towards_ = flat(X[labels == 1]).mean(axis=0) - flat(X[labels == 0]).mean(axis=0)
        self.offset_ = float(np.quantile(self.score_samples(X[labels == 0]), 0.05))
        return self

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        return -(flat(X) @ self.towards_)


def build(
    name: str, *, training: Literal["blind", "refined"], random_state: Any = None, **parameters: Any
) -> AbstractDetector:
    """Make a stand-in: ``means`` or ``supervised``, which take labels, or ``distance``, which takes none."""
    if name == "distance" or training == "refined":
        return image_stand_ins.build("distance", training=training, random_state=random_state, **parameters)
    try:
        return {"means": Means, "supervised": Supervised}[name](random_state=random_state, **parameters)
    except TypeError:
        raise ParameterError(f"the detector '{name}' has no such parameter") from None
