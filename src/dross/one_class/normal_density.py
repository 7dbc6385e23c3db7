"""The multivariate normal density, computed in chunks: covariance, whitening and log-density.

All big products go through chunks of rows, so that nothing the size of the data is ever copied and single-precision
input is raised to double precision only where it lies in the cache. Both Gaussian detectors stand on these functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
from threadpoolctl import ThreadpoolController

T = TypeVar("T")

#: Added to the diagonal, relative to each feature's variance: far above rounding (1e-16), far below what data can tell.
RIDGE = 1e-10

#: Whitening that magnifies rounding errors by less than this is done in single precision on single-precision samples.
SINGLE_PRECISION_AMPLIFICATION = 100.0

_CHUNK_VALUES = 1 << 17  # numbers in a chunk: 1 MiB in double precision, which stays in the cache
_FEATURES_FOR_THREADS = 128
_CHUNKS_FOR_A_THREAD = 16


def row_chunks(n_samples: int, n_features: int) -> Iterator[slice]:
    """Yield slices that cover all rows, each small enough for the cache.

    Examples
    --------
    >>> [(rows.start, rows.stop) for rows in row_chunks(5, 1 << 16)]
    [(0, 2), (2, 4), (4, 5)]
    """
    step = max(1, _CHUNK_VALUES // n_features)
    for start in range(0, n_samples, step):
        yield slice(start, min(start + step, n_samples))


def one_thread_for(n_features: int) -> AbstractContextManager[Any]:
    """Return a context in which products with few features run on one thread.

    To share out so small a product costs more than it brings, and many times more where the cores are busy.
    """
    return _thread_pools().limit(limits=1, user_api="blas") if n_features < _FEATURES_FOR_THREADS else nullcontext()


@cache
def _thread_pools() -> ThreadpoolController:
    return ThreadpoolController()  # finding the libraries takes milliseconds: once is enough


def mean_and_scatter(X: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return the mean, the scatter around it, and the sum of the fourth powers of the distances to it, in one pass.

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
    # Sums are taken around a point among the samples and moved to the mean afterwards. By way of the first sample, so
    # that a constant feature is exactly 0 and an offset that dwarfs the spread costs no digits.
    first = X[0].astype(np.float64)
    centre = first + (X[next(row_chunks(n_samples, n_features))] - first).mean(axis=0)

    def moments(chunks: list[slice]) -> list[Any]:
        total, weighted, scatter, fourth = np.zeros(n_features), np.zeros(n_features), np.zeros((n_features,) * 2), 0.0
        for rows in chunks:
            moved = X[rows] - centre
            squared = np.einsum("ij,ij->i", moved, moved)
            total += np.ones(len(moved)) @ moved
            weighted += squared @ moved
            scatter += moved.T @ moved
            fourth += float(squared @ squared)
        return [total, weighted, scatter, fourth]

    # Added up in the order of the rows, however many threads there were: the same samples give the same sums.
    total, weighted, scatter, fourth = (
        sum(parts) for parts in zip(*_share_out(moments, n_samples, n_features), strict=True)
    )
    shift = total / n_samples
    # With y = x - centre and m = shift: norm(y - m)^4 = (norm(y)^2 - 2 y.m + norm(m)^2)^2, summed term by term.
    length = float(shift @ shift)
    fourth += float(4.0 * shift @ scatter @ shift - 4.0 * weighted @ shift + 2.0 * length * np.trace(scatter))
    fourth -= 3.0 * n_samples * length**2
    return centre + shift, scatter - n_samples * np.outer(shift, shift), fourth


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


def whitening(covariance: NDArray[np.float64]) -> tuple[NDArray[np.float64], float, float]:
    """Return what turns samples into ones of unit covariance, with what its use needs.

    ``RIDGE`` times each feature's variance is added to the diagonal, so that every covariance can be inverted. A
    feature without variance takes ``RIDGE`` times the average variance; where no feature varies, the identity is used.

    Returns
    -------
    whitener : array of shape (n_features, n_features)
        ``(x - mean) @ whitener`` has unit covariance.
    log_determinant : float
        The logarithm of the covariance's determinant.
    amplification : float
        How far the whitening can magnify a rounding error, in units of each feature's deviation.
    """
    variances = np.diag(covariance).copy()
    average = float(variances.mean())
    if average <= 0:
        return np.eye(len(covariance)), 0.0, 1.0
    variances[variances <= RIDGE**2 * average] = RIDGE * average
    deviations = np.sqrt(variances)
    # The correlation matrix is factorised, not the covariance: features may then differ in scale by any amount.
    correlation = covariance / np.outer(deviations, deviations)
    correlation[np.diag_indices_from(correlation)] = 1.0 + RIDGE
    with one_thread_for(len(correlation)):
        factor = np.linalg.cholesky(correlation)
        of_standardised = solve_triangular(factor, np.eye(len(factor)), lower=True).T
    amplification = float(np.abs(of_standardised).sum(axis=0).max())
    log_determinant = 2.0 * float(np.sum(np.log(np.diag(factor))) + np.sum(np.log(deviations)))
    return np.ascontiguousarray(of_standardised / deviations[:, None]), log_determinant, amplification


def squared_distances(
    X: NDArray[Any], mean: NDArray[np.float64], whitener: NDArray[np.float64], amplification: float
) -> NDArray[np.float64]:
    """Return the squared Mahalanobis distance of each sample, shape (n_samples,).

    Single-precision samples are computed on as they are where the whitening leaves enough of their digits (the
    distances are then those of double precision to about five digits); else each chunk is raised to double precision.
    """
    n_samples, n_features = X.shape
    enough = amplification < SINGLE_PRECISION_AMPLIFICATION and _rounding_of(mean, X.dtype, whitener) < 1e-6
    number_type = X.dtype if enough else np.float64
    centre, matrix = mean.astype(number_type), whitener.astype(number_type)
    distances = np.empty(n_samples)

    def whiten(chunks: list[slice]) -> None:
        for rows in chunks:
            white = (X[rows] - centre) @ matrix
            distances[rows] = np.einsum("ij,ij->i", white, white)

    _share_out(whiten, n_samples, n_features)
    return distances


def _share_out(work: Callable[[list[slice]], T], n_samples: int, n_features: int) -> list[T]:
    """Return ``work`` on each group of chunks of rows, on as many threads as the linear algebra may use."""
    chunks = list(row_chunks(n_samples, n_features))
    groups = [chunks[i : i + _CHUNKS_FOR_A_THREAD] for i in range(0, len(chunks), _CHUNKS_FOR_A_THREAD)]
    pools = [pool.num_threads for pool in _thread_pools().lib_controllers if pool.user_api == "blas"]
    n_threads = min(len(groups), max(pools, default=1))
    if n_threads < 2:
        with one_thread_for(n_features):
            return [work(group) for group in groups]
    with _thread_pools().limit(limits=1, user_api="blas"), ThreadPoolExecutor(n_threads) as executor:
        return list(executor.map(work, groups))


def _rounding_of(mean: NDArray[np.float64], number_type: np.dtype[Any], whitener: NDArray[np.float64]) -> float:
    """Return how far the mean moves, in standard deviations, when it is rounded to a number type."""
    return float(np.abs((mean - mean.astype(number_type)) @ whitener).max())


def log_density(distances: NDArray[np.float64], n_features: int, log_determinant: float) -> NDArray[np.float64]:
    """Return the normal log-density at the given squared Mahalanobis distances.

    Examples
    --------
    >>> log_density(np.array([0.0]), 1, 0.0).round(4).tolist()
    [-0.9189]
    """
    densities = distances + (n_features * np.log(2.0 * np.pi) + log_determinant)
    densities *= -0.5
    return densities
