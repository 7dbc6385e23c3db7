"""How many clusters there are: as many as random halves of the samples agree on, and as lie apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from dross.progress import track
from dross.seeding import LARGEST_SEED

#: Pairs of halves that are clustered and compared, for each number of clusters.
N_PAIRS: Final = 10
#: Mean agreement of two halves from which a number of clusters is stable.
STABLE: Final = 0.95
#: Samples that a cluster has on average at least, where a number is tried.
LEAST_MEAN_SIZE: Final = 5
#: Starts of k-means, of which the best is taken: of all samples, and of halves.
STARTS, HALF_STARTS = 10, 3
#: Samples that silhouettes are averaged over at most.
MOST_SILHOUETTES: Final = 5000


@final
@dataclass(frozen=True)
class ClusterCount:
    """What was found of one number of clusters.

    Attributes
    ----------
    n_clusters : int
        The number.
    stability : float
        Mean adjusted Rand index between the clusters that two halves of the samples give; 1 = always the same.
    silhouette : float
        From -1 to 1: how much nearer samples are to their own cluster than to the next.
    """

    n_clusters: int
    stability: float
    silhouette: float


def k_means(samples: NDArray[np.float64], n_clusters: int, rng: np.random.RandomState, starts: int = STARTS) -> Any:
    """Return scikit-learn's fitted k-means."""
    from sklearn.cluster import KMeans

    return KMeans(n_clusters, n_init=starts, random_state=rng.randint(LARGEST_SEED)).fit(samples)


def cluster_counts(samples: NDArray[np.float64], most: int, rng: np.random.RandomState) -> list[ClusterCount]:
    """Return how stable 2, 3, ... clusters are, and how far apart.

    Parameters
    ----------
    samples : array of shape (n_samples, n_features)
        What is clustered.
    most : int
        The largest number that is tried; fewer where clusters would have less than five samples on average.
    rng : RandomState
        Draws halves and starts.

    References
    ----------
    Ben-Hur, Elisseeff and Guyon, "A stability based method for discovering structure in clustered data", Pacific
    Symposium on Biocomputing 2002; Rousseeuw, "Silhouettes", Journal of Computational and Applied Mathematics 20
    (1987); Hubert and Arabie, "Comparing partitions", Journal of Classification 2 (1985).

    Examples
    --------
    >>> samples = np.repeat([[0.0], [5.0], [20.0]], 10, axis=0)
    >>> counts = cluster_counts(samples, 3, np.random.RandomState(0))
    >>> [(count.n_clusters, count.stability, round(count.silhouette, 2)) for count in counts]
    [(2, 1.0, 0.9), (3, 1.0, 1.0)]
    """
    numbers = range(2, min(most, len(samples) // LEAST_MEAN_SIZE, len(np.unique(samples, axis=0))) + 1)
    return [_count(samples, number, rng) for number in track(numbers, len(numbers), "Counting categories")]


def chosen_count(counts: Sequence[ClusterCount]) -> tuple[int, str]:
    """Return the number of clusters, and why so many, in a sentence: of the stable ones that which lies apart most.

    Examples
    --------
    >>> chosen_count([ClusterCount(2, 1.0, 0.75), ClusterCount(3, 1.0, 0.88), ClusterCount(4, 0.91, 0.9)])
    (3, '3 categories: random halves of the images agree on 2 and 3, and 3 lie farthest apart (silhouette 0.88)')
    >>> chosen_count([ClusterCount(2, 0.88, 0.32)])
    (1, '1 category: random halves of the images agree on no other number (most on 2: 0.88, where 0.95 is asked for)')
    """
    if not counts:
        return 1, "1 category: the images are too few, or too much alike, to look for more"
    stable = [count for count in counts if count.stability >= STABLE]
    if not stable:
        best = max(counts, key=lambda count: count.stability)
        return 1, (
            f"1 category: random halves of the images agree on no other number (most on {best.n_clusters}: "
            f"{best.stability:.2f}, where {STABLE:g} is asked for)"
        )
    best = max(stable, key=lambda count: count.silhouette)
    numbers = [str(count.n_clusters) for count in stable]
    listed = " and ".join(part for part in (", ".join(numbers[:-1]), numbers[-1]) if part)
    apart = f", and {best.n_clusters} lie farthest apart" if len(stable) > 1 else ""
    return best.n_clusters, (
        f"{best.n_clusters} categories: random halves of the images agree on {listed}{apart} "
        f"(silhouette {best.silhouette:.2f})"
    )


def _count(samples: NDArray[np.float64], number: int, rng: np.random.RandomState) -> ClusterCount:
    from sklearn.metrics import adjusted_rand_score, silhouette_score

    agreements = []
    for _ in range(N_PAIRS):
        order = rng.permutation(len(samples))
        halves = order[::2], order[1::2]
        # Each half says to which of its clusters every sample belongs, those of the other half as well.
        one, other = (k_means(samples[half], number, rng, HALF_STARTS).predict(samples) for half in halves)
        agreements.append(adjusted_rand_score(one, other))
    labels = k_means(samples, number, rng).labels_
    size = min(len(samples), MOST_SILHOUETTES)
    apart = silhouette_score(samples, labels, sample_size=size, random_state=rng.randint(LARGEST_SEED))
    return ClusterCount(number, float(np.mean(agreements)), float(apart))
