"""The multivariate normal density, computed in chunks: covariance, whitening and log-density.

All big products go through chunks of rows, so that nothing the size of the data is ever copied and single-precision
input is raised to double precision only where it lies in the cache. Both Gaussian detectors stand on these functions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

#: Added to the diagonal, relative to each feature's variance: far above rounding (1e-16), far below what data can tell.
RIDGE = 1e-10

_CHUNK_VALUES = 1 << 18  # numbers in a chunk: 2 MiB in double precision, which stays in the cache


def row_chunks(n_samples: int, n_features: int) -> Iterator[slice]:
    """Yield slices that cover all rows, each small enough for the cache.

    Examples
    --------
    >>> [(rows.start, rows.stop) for rows in row_chunks(5, 1 << 17)]
    [(0, 2), (2, 4), (4, 5)]
    """
    step = max(1, _CHUNK_VALUES // n_features)
    for start in range(0, n_samples, step):
        yield slice(start, min(start + step, n_samples))


def mean_and_scatter(X: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return the mean, the scatter around it, and the sum of the fourth powers of the distances to it.

    Parameters
    ----------
    X : array of shape (n_samples, n_features)
        The samples, in single or double precision.

    Returns
    -------
    mean : array of shape (n_features,)
    scatter : array of shape (n_features, n_features)
        The sum over samples of the outer product of ``x - mean`` with itself.
    fourth : float
        The sum over samples of ``norm(x - mean) ** 4``, which the Ledoit-Wolf estimate needs.
    """
    n_samples, n_features = X.shape
    # Sums are taken of the differences to the first sample: a constant feature then has its exact value as its mean,
    # and an offset that dwarfs the spread costs no digits.
    first = X[0].astype(np.float64)
    total = np.zeros(n_features)
    for rows in row_chunks(n_samples, n_features):
        total += np.ones(rows.stop - rows.start) @ (X[rows] - first)
    mean = first + total / n_samples
    scatter = np.zeros((n_features, n_features))
    fourth = 0.0
    for rows in row_chunks(n_samples, n_features):
        centred = X[rows] - mean
        scatter += centred.T @ centred
        squared = np.einsum("ij,ij->i", centred, centred)
        fourth += float(squared @ squared)
    return mean, scatter, fourth


def ledoit_wolf(scatter: NDArray[np.float64], fourth: float, n_samples: int) -> tuple[NDArray[np.float64], float]:
    """Return the Ledoit-Wolf covariance and its shrinkage from the sums of ``mean_and_scatter``.

    The covariance is ``(1 - shrinkage) * S + shrinkage * trace(S) / d * identity`` with the empirical covariance
    ``S``; the shrinkage minimises the expected squared error.

    References
    ----------
    O. Ledoit, M. Wolf, "A well-conditioned estimator for large-dimensional covariance matrices", Journal of
    Multivariate Analysis 88 (2004).
    """
    n_features = len(scatter)
    covariance = scatter / n_samples
    if n_features == 1:
        return covariance, 0.0  # one variance: nothing to shrink towards
    average = float(np.trace(covariance)) / n_features
    squares = float(np.sum(covariance**2))
    # Both as in the paper: how far S lies from the sphere, and how far it scatters by sampling.
    distance = (squares - n_features * average**2) / n_features
    noise = min((fourth / n_samples - squares) / (n_features * n_samples), distance)
    shrinkage = 0.0 if noise <= 0 else noise / distance
    shrunk = (1.0 - shrinkage) * covariance
    shrunk[np.diag_indices(n_features)] += shrinkage * average
    return shrunk, shrinkage


def whitening(covariance: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Return the matrix that whitens centred samples, ``(x - mean) @ matrix``, and the covariance's log-determinant.

    ``RIDGE`` times each feature's variance is added to the diagonal, so that every covariance can be inverted. A
    feature without variance takes ``RIDGE`` times the average variance; where no feature varies, the identity is
    used.
    """
    variances = np.diag(covariance).copy()
    average = float(variances.mean())
    if average <= 0:
        return np.eye(len(covariance)), 0.0
    variances[variances <= RIDGE**2 * average] = RIDGE * average
    scale = np.sqrt(variances)
    # The correlation matrix is factorised, not the covariance: features may then differ in scale by any amount.
    correlation = covariance / np.outer(scale, scale)
    correlation[np.diag_indices_from(correlation)] = 1.0 + RIDGE
    factor = np.linalg.cholesky(correlation)
    inverse = solve_triangular(factor, np.diag(1.0 / scale), lower=True)
    log_determinant = 2.0 * float(np.sum(np.log(np.diag(factor))) + np.sum(np.log(scale)))
    return np.ascontiguousarray(inverse.T), log_determinant


def log_density(
    X: NDArray[Any], mean: NDArray[np.float64], whitener: NDArray[np.float64], log_determinant: float
) -> NDArray[np.float64]:
    """Return the normal log-density of each sample, shape (n_samples,)."""
    n_samples, n_features = X.shape
    distances = np.empty(n_samples)
    for rows in row_chunks(n_samples, n_features):
        white = (X[rows] - mean) @ whitener
        np.einsum("ij,ij->i", white, white, out=distances[rows])
    distances += n_features * np.log(2.0 * np.pi) + log_determinant
    distances *= -0.5
    return distances
