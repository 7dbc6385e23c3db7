"""When automatic rejection goes on from the fence to a share: where the outermost samples distort what is fitted."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dross.errors import DataError
from dross.one_class import GaussianDensity
from dross.one_class.base import LARGEST_VALUE
from dross.one_class.normal_density import squared_distances

#: The share of held-out samples whose volume is compared: what is left when a fifth is rejected.
MASS = 0.8

#: The tail distorts where leaving it out makes that volume, per dimension, smaller than this share of what it was.
SHRUNK_TO = 0.8

#: Cuts into halves that are averaged over, each half fitted on in turn.
N_CUTS = 3

#: More samples than this are judged by as many of them, drawn at random.
MOST_JUDGED = 20_000

#: Where another classifier is refined, a Gaussian is asked only if there are so many samples for each feature.
SAMPLES_A_FEATURE = 10

#: A feature that varies less than this among the kept, relative to all, has a volume of zero, which says nothing.
LEAST_SPREAD = 1e-6


def distorts(features: NDArray[Any], kept: NDArray[np.bool_], rng: np.random.RandomState) -> bool:
    """Return whether the samples outside ``kept`` distort a Gaussian that is fitted to all.

    A Gaussian is fitted to one half of the samples, once to all of that half and once to its kept ones, and each time
    scaled until it holds 80 % of the other half, kept or not. Of normally distributed samples the trimmed fit needs
    slightly more volume for that. Where it needs much less, the outermost samples had bent the first fit towards
    themselves: contaminants, or tails so heavy in some features that the others no longer count. Either way a Gaussian
    tells samples apart better without them; other classifiers do where they are contaminants. Contaminants that lie
    evenly on all sides bend nothing, and stand out: those are the fence's.

    Parameters
    ----------
    features : array of shape (n_samples, n_features)
        All samples.
    kept : array of shape (n_samples,), bool
        What would be kept.
    rng : RandomState
        Draws the halves.

    Examples
    --------
    >>> rng = np.random.RandomState(0)
    >>> normal = rng.normal(size=(1000, 3))
    >>> inner = np.linalg.norm(normal, axis=1) < np.quantile(np.linalg.norm(normal, axis=1), 0.8)
    >>> distorts(normal, inner, rng)
    False
    >>> normal[:100, :2] *= 50
    >>> inner = np.linalg.norm(normal, axis=1) < np.quantile(np.linalg.norm(normal, axis=1), 0.8)
    >>> distorts(normal, inner, rng)
    True

    References
    ----------
    That the volume that holds a given mass tells the better of two fits: Clémençon and Jakubowicz, "Scoring anomalies:
    a M-estimation formulation", AISTATS 2013.
    """
    if len(features) > MOST_JUDGED:
        judged = rng.choice(len(features), MOST_JUDGED, replace=False)
        features, kept = features[judged], kept[judged]
    if kept.sum() < 4 or (features[kept].std(axis=0) < LEAST_SPREAD * features.std(axis=0)).any():
        return False
    changes = []
    for _ in range(N_CUTS):
        halves = np.array_split(rng.permutation(len(features)), 2)
        for fit, held_out in (halves, halves[::-1]):
            inner = fit[kept[fit]]
            if len(inner) < 2:
                return False
            changes.append(
                _log_volume(features[inner], features[held_out]) - _log_volume(features[fit], features[held_out])
            )
    return bool(np.mean(changes) < features.shape[1] * np.log(SHRUNK_TO))


def has_samples_for_a_gaussian(X: Any) -> bool:
    """Return whether a Gaussian can say something of ``X``: a table of numbers that it takes, ten samples a feature.

    Examples
    --------
    >>> has_samples_for_a_gaussian(np.zeros((40, 4))), has_samples_for_a_gaussian(np.zeros((39, 4)))
    (True, False)
    """
    if getattr(X, "ndim", 2) != 2:
        return False
    table = np.asarray(X)
    return (
        table.ndim == 2
        and table.size > 0
        and np.issubdtype(table.dtype, np.number)
        and len(table) >= SAMPLES_A_FEATURE * table.shape[1]
        and bool(table.min() >= -LARGEST_VALUE and table.max() <= LARGEST_VALUE)
    )


def _log_volume(rows: NDArray[Any], held_out: NDArray[Any]) -> float:
    """Return the logarithm of the volume, up to a constant, in which a Gaussian fitted to rows holds its mass."""
    try:
        gaussian = GaussianDensity().fit(rows)
    except DataError:  # values that overflow: nothing can be said
        return 0.0
    distances = squared_distances(held_out, gaussian.location_, gaussian.whitener_, gaussian.amplification_)
    radius = max(float(np.quantile(distances, MASS)), np.finfo(np.float64).tiny)
    return gaussian.log_determinant_ / 2 + rows.shape[1] / 2 * np.log(radius)
