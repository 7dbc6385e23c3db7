"""What a detector is: ``fit``, ``score_samples``, and the alarm threshold that follows from them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, OutlierMixin
from sklearn.utils.validation import check_is_fitted


class AbstractDetector(OutlierMixin, BaseEstimator, ABC):
    """The contract of every detector: scikit-learn's outlier detectors.

    A concrete class writes ``fit`` (which sets ``offset_``) and ``score_samples`` (higher = more normal, in float64);
    the decision and the alarm are the same for all and are written here once.
    """

    offset_: float

    @abstractmethod
    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn what normal samples look like; ``y`` is ignored, as scikit-learn's tools pass it."""

    @abstractmethod
    def score_samples(self, X: Any) -> NDArray[np.float64]:
        """Return one score a sample, shape (n_samples,): higher = more normal."""

    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """Return ``score_samples(X) - offset_``, shape (n_samples,): negative = alarm."""
        check_is_fitted(self)
        return self.score_samples(X) - self.offset_

    def predict(self, X: Any) -> NDArray[np.int64]:
        """Return ``+1`` for an inlier and ``-1`` for an alarm, shape (n_samples,)."""
        return np.where(self.decision_function(X) >= 0, 1, -1).astype(np.int64)
