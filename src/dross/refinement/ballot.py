"""One vote of an ensemble: K classifiers, each fitted on its own part of the samples, on all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import _num_samples

from dross.errors import TooFewSamplesError
from dross.refinement.known_samples import threshold_by_labels
from dross.refinement.parameters import Rejection
from dross.refinement.rejection import rejection_threshold
from dross.scoring import anomaly_scores
from dross.seeding import set_random_states


@final
@dataclass(frozen=True)
class Ballot:
    """The votes of an ensemble against each sample, and each classifier's threshold.

    Attributes
    ----------
    votes : array of shape (n_samples,), int
        How many of the K classifiers rejected the sample.
    thresholds : array of shape (K,)
        The anomaly score beyond which each classifier rejected.
    """

    votes: NDArray[np.int64]
    thresholds: NDArray[np.float64]


def take_ballots(
    one_class: Any,
    X: Any,
    learned_from: NDArray[np.intp],
    rejections: Sequence[Rejection],
    *,
    n_classifiers: int,
    rng: np.random.RandomState,
    labels: NDArray[np.int64] | None = None,
) -> list[Ballot]:
    """Return how one ensemble votes on all samples, once for each share that may be rejected.

    Parameters
    ----------
    one_class : estimator with ``fit`` and ``score_samples``
        What the ensemble has clones of.
    X : array of shape (n_samples, n_features)
        The samples voted on.
    learned_from : array of int
        Which of them are cut into disjoint subsets to fit the classifiers on.
    rejections : sequence of "auto" or float
        The shares, as for :func:`~dross.refinement.rejection.rejection_threshold`.
    n_classifiers : int
        Size of the ensemble, K.
    rng : RandomState
        Cuts the subsets and seeds the classifiers.
    labels : array of shape (n_samples,) or None, default None
        What is known of a few, which moves the thresholds.

    Raises
    ------
    TooFewSamplesError
        If there are fewer samples for each classifier than it needs.

    Examples
    --------
    >>> from dross.one_class import GaussianDensity
    >>> X = np.concatenate([np.random.default_rng(0).normal(size=(99, 2)), [[50.0, 50.0]]])
    >>> (ballot,) = take_ballots(
    ...     GaussianDensity(), X, np.arange(99), [0.01], n_classifiers=5, rng=np.random.RandomState(0)
    ... )
    >>> ballot.votes[-3:].tolist()
    [0, 0, 5]
    """
    n_samples = _num_samples(X)
    ballots = [Ballot(np.zeros(n_samples, dtype=np.int64), np.empty(n_classifiers)) for _ in rejections]
    for k, subset in enumerate(_disjoint_subsets(learned_from, n_classifiers, rng)):
        scores = anomaly_scores(_member(one_class, X, subset, n_classifiers, rng), X)
        for rejection, ballot in zip(rejections, ballots, strict=True):
            threshold = rejection_threshold(scores, rejection)
            ballot.thresholds[k] = threshold if rejection == 0 else threshold_by_labels(scores, threshold, labels)
            ballot.votes[scores > ballot.thresholds[k]] += 1
    return ballots


def _member(one_class: Any, X: Any, subset: NDArray[np.intp], n_classifiers: int, rng: np.random.RandomState) -> Any:
    member = set_random_states(clone(one_class), rng)
    try:
        return member.fit(_safe_indexing(X, subset))
    except TooFewSamplesError as error:
        raise TooFewSamplesError(
            f"each of the {n_classifiers} classifiers of the ensemble gets {len(subset)} samples, too few: "
            f"{error}, or lower n_classifiers"
        ) from error


def _disjoint_subsets(
    candidates: NDArray[np.intp], n_classifiers: int, rng: np.random.RandomState
) -> list[NDArray[np.intp]]:
    least = 2 * n_classifiers
    if len(candidates) < least:
        found = "1 sample" if len(candidates) == 1 else f"{len(candidates)} samples"
        raise TooFewSamplesError(
            f"refinement with {n_classifiers} classifiers needs at least {least} samples, found {found}: give "
            f"more samples, or lower n_classifiers"
        )
    return np.array_split(rng.permutation(candidates), n_classifiers)
