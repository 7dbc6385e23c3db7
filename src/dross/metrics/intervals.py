"""Bootstrap intervals of means over seeds."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: How many bootstrap resamples make an interval.
N_RESAMPLES = 2000


def bootstrap_interval(
    values: ArrayLike, *, level: float = 0.95, n_resamples: int = N_RESAMPLES, seed: int = 0
) -> tuple[float, float] | None:
    """Return the percentile bootstrap interval of the mean of ``values``, one value a seed.

    It covers what differs between seeds (split, initialisation), not what differs between tables. ``None`` for fewer
    than two values.

    Parameters
    ----------
    values : array of shape (n_seeds,)
        One value a seed.
    level : float in (0, 1), default 0.95
        Coverage.
    n_resamples : int, default 2000
        Bootstrap resamples.
    seed : int, default 0
        Seed of the resampling; the same values always give the same interval.

    Examples
    --------
    >>> low, high = bootstrap_interval([0.8, 0.9, 0.85, 0.95])
    >>> 0.8 <= low < 0.875 < high <= 0.95
    True
    >>> bootstrap_interval([0.8]) is None
    True
    """
    array = np.asarray(values, dtype=np.float64)
    if array.size < 2:
        return None
    return interval_of_resamples(resampling_weights(array.size, n_resamples, seed) @ array, level)


@functools.lru_cache(maxsize=64)
def resampling_weights(n_values: int, n_resamples: int = N_RESAMPLES, seed: int = 0) -> NDArray[np.float64]:
    """Return bootstrap weights, shape (n_resamples, n_values), rows summing to 1: ``weights @ values`` are the means.

    They are cached, because a summary takes thousands of intervals over the same number of seeds; the array is
    read-only.

    Examples
    --------
    >>> resampling_weights(5, 3).sum(axis=1).round(12).tolist()
    [1.0, 1.0, 1.0]
    """
    counts = np.random.default_rng(seed).multinomial(n_values, np.full(n_values, 1 / n_values), size=n_resamples)
    weights = counts / n_values
    weights.setflags(write=False)
    return weights


def interval_of_resamples(means: NDArray[np.float64], level: float = 0.95) -> tuple[float, float]:
    """Return the central interval that holds ``level`` of the resampled means."""
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
