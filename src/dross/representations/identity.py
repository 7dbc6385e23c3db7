"""The features as they are, in comparable units."""

from __future__ import annotations

from typing import Any, Self, final

import numpy as np
from numpy.typing import NDArray
from sklearn.base import OneToOneFeatureMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from dross.errors import raise_gathered
from dross.representations.base import AbstractRepresentation
from dross.representations.scaling import Scaling, location_and_scale, scaling_problems


@final
class Identity(OneToOneFeatureMixin, AbstractRepresentation):
    """The columns themselves, centred and scaled.

    Use it for tables of a few dozen meaningful columns: there a learned representation seldom earns its time. Do not
    use it on pixels, whose distances mean little.

    Parameters
    ----------
    scaling : {"standard", "robust", "none"}, default "standard"
        "standard": mean 0 and standard deviation 1. "robust": median and interquartile range, which anomalies in the
        training set cannot move; heavy-tailed columns then weigh more. "none": as they come.

    Attributes
    ----------
    location_, scale_ : array of shape (n_features,)
        The centre and unit of each column.

    Examples
    --------
    >>> Identity().fit_transform(np.array([[0.0], [2.0]])).ravel().tolist()
    [-1.0, 1.0]
    """

    location_: NDArray[np.float64]
    scale_: NDArray[np.float64]

    def __init__(self, *, scaling: Scaling = "standard") -> None:
        self.scaling = scaling

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the centre and unit of each column of ``X`` (n_samples, n_features)."""
        raise_gathered(self._parameter_problems())
        X = validate_data(self, X, dtype=[np.float64, np.float32])
        self.location_, self.scale_ = location_and_scale(X, self.scaling)
        return self

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Return the scaled columns, shape (n_samples, n_features)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        return (X - self.location_) / self.scale_

    def _parameter_problems(self) -> list[str]:
        return scaling_problems(self.scaling)
