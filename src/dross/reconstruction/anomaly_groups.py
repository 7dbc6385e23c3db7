"""Kinds among labelled anomalies, found by K-means, so that training can draw them evenly."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import PCA

#: Principal components that the distances between samples are taken in.
_COMPONENTS: Final = 32


def anomaly_groups(samples: NDArray[Any], n_groups: int, seed: int) -> NDArray[np.int64]:
    """Return the number of the group of each anomaly, shape (n,).

    Parameters
    ----------
    samples : array of shape (n, ...)
        Labelled anomalies of the training set, and nothing of any other set.
    n_groups : int
        Groups; fewer where there are fewer samples. 1: no grouping.
    seed : int
        Where K-means begins.

    Examples
    --------
    >>> samples = np.repeat([[0.0, 0.0], [9.0, 9.0]], [20, 3], axis=0)
    >>> np.bincount(anomaly_groups(samples, 2, seed=0)).tolist() in ([20, 3], [3, 20])
    True

    References
    ----------
    Kim, Jeong, Choi and Seo, "GAN-based Anomaly Detection in Imbalance Problems", ECCV 2020 workshops, doi
    10.1007/978-3-030-65414-6_11.
    """
    n_groups = min(n_groups, len(samples))
    if n_groups == 1:
        return np.zeros(len(samples), dtype=np.int64)
    rows = samples.reshape(len(samples), -1).astype(np.float64)
    if rows.shape[1] > _COMPONENTS < len(rows):
        rows = PCA(_COMPONENTS, svd_solver="randomized", random_state=seed).fit_transform(rows)
    return MiniBatchKMeans(n_groups, n_init=3, random_state=seed).fit_predict(rows).astype(np.int64)
