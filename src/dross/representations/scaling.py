"""Location and scale of columns, standard or robust: what features are measured in before anything is learned."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dross.parameters import choice_problems

Scaling = Literal["standard", "robust", "none"]

#: The interquartile range of a Gaussian with standard deviation 1.
GAUSSIAN_IQR = 1.3489795003921634


def location_and_scale(X: NDArray[np.floating], scaling: Scaling) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the centre and the unit of each column, both of shape (n_features,).

    Parameters
    ----------
    X : array of shape (n_samples, n_features)
        Finite numbers.
    scaling : "standard", "robust" or "none"
        Mean and standard deviation; median and interquartile range (in units of a Gaussian's standard deviation; a
        column whose quartiles coincide, such as one that is mostly zero, falls back to its standard deviation); or 0
        and 1. A constant column has the unit 1.

    Examples
    --------
    >>> location_and_scale(np.array([[0.0, 5.0], [2.0, 5.0]]), "standard")
    (array([1., 5.]), array([1., 1.]))
    """
    if scaling == "none":
        return np.zeros(X.shape[1]), np.ones(X.shape[1])
    mean, deviation = X.mean(axis=0, dtype=np.float64), X.std(axis=0, dtype=np.float64)
    # Rounding leaves a constant column with a deviation of about eps times its mean: that is no spread.
    constant = deviation <= 10 * np.finfo(np.float64).eps * np.abs(mean)
    deviation[constant] = 1.0
    if scaling == "standard":
        return mean, deviation
    low, median, high = np.percentile(X, [25, 50, 75], axis=0)
    spread = (high - low) / GAUSSIAN_IQR
    return median, np.where(spread > 0, spread, deviation)


def scaling_problems(scaling: object) -> list[str]:
    """Return what is wrong with a ``scaling``, which must be one of the three words.

    Examples
    --------
    >>> scaling_problems("robsut")
    ["scaling is 'robsut'; it must be 'standard', 'robust' or 'none'; did you mean 'robust'?"]
    """
    return choice_problems("scaling", scaling, ["standard", "robust", "none"])
