"""The record of refinement: what was dropped when, and by whose vote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray


@final
@dataclass(frozen=True)
class RefinementRound:
    """One refinement: K classifiers voted on all N samples.

    Attributes
    ----------
    round : int
        Counted from 1.
    epoch : float
        Epochs the representation had been trained for when it was asked.
    kept : array of shape (n_samples,), bool
        The samples kept for what came next.
    votes : array of shape (n_samples,), int
        How many of the K classifiers rejected the sample.
    thresholds : array of shape (K,)
        The anomaly score beyond which each classifier rejected.
    rejection : float
        The share of all samples that a classifier rejected, mean over the K.
    loss : float or None
        The self-supervised loss of the training that followed; ``None`` where nothing was trained.
    undone : bool
        Whether this is no vote but the guard of automatic refinement, which found that dropping did harm and kept all.
    distorted : bool
        Whether automatic refinement went on from the fence to a share that Gaussians reject, because the outermost
        samples distort.
    """

    round: int
    epoch: float
    kept: NDArray[np.bool_]
    votes: NDArray[np.int64]
    thresholds: NDArray[np.float64]
    rejection: float
    loss: float | None = None
    undone: bool = False
    distorted: bool = False


def round_dropped(trace: Sequence[RefinementRound]) -> NDArray[np.int64]:
    """Return for each sample the round since which it has been out to the end; 0 = kept at the end.

    Samples can return, so a sample dropped in round 1, kept in round 2 and dropped in round 3 was dropped in round 3.

    Examples
    --------
    >>> def one(round, kept):
    ...     return RefinementRound(round, 0, np.array(kept, bool), np.zeros(2, int), np.zeros(5), 0.1)
    >>> round_dropped([one(1, [0, 0]), one(2, [1, 0]), one(3, [0, 0])]).tolist()
    [3, 1]
    """
    since = np.zeros(len(trace[0].kept), dtype=np.int64)
    for record in trace:
        since = np.where(record.kept, 0, np.where(since == 0, record.round, since))
    return since


def record_trace(estimator: Any, trace: Sequence[RefinementRound]) -> None:
    """Set the fitted attributes that everything that refines has, from its rounds."""
    estimator.refinement_trace_ = list(trace)
    estimator.inlier_mask_ = trace[-1].kept
    estimator.votes_ = trace[-1].votes
    estimator.round_dropped_ = round_dropped(trace)
