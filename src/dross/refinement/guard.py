"""The guard of automatic refinement: notice when it removed the normal tail rather than anomalies."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from dross.metrics import auroc
from dross.scoring import anomaly_scores
from dross.seeding import set_random_states

#: By how much held-out samples may lose against uniform points (AUROC) before the guard looks closer.
VOLUME_TOLERANCE = 0.0085

#: A difference from the tolerance that one cut into halves settles; nearer ones are measured on up to this many cuts.
CLEAR_DIFFERENCE, MOST_CUTS = 0.005, 3

#: How well a model of the rejected must tell them from the kept (AUROC) for them to count as a kind of their own.
COHERENCE = 0.6

#: With fewer rejected samples than this in a half there is nothing to learn them from, and little harm in the drop.
LEAST_REJECTED = 10

#: More samples than this are judged by as many of them, drawn at random: enough to tell the tolerance from noise.
MOST_JUDGED = 20_000


def harms(one_class: Any, X: Any, kept: NDArray[np.bool_], rng: np.random.RandomState) -> bool:
    """Return whether dropping samples did more harm than good, as far as that can be seen without labels.

    Contaminants that mislead a detector are many and alike; the tail of the normals is neither. So refinement is held
    to be harmful where two things come together, each measured on held-out halves:

    - the detector fitted on the kept needs a larger volume to hold the data than the one fitted on all, that is,
      that held-out samples, dropped ones among them, are told worse from points drawn uniformly from the data's box;
      and
    - the dropped samples have no shape of their own: a detector fitted on half of them does not know the other half.

    The first alone also happens when a cluster of contaminants is rightly dropped, and is then outlying; the second
    alone when a heavy tail is, which often helps.

    Parameters
    ----------
    one_class : estimator with ``fit`` and ``score_samples``
        The unfitted classifier that refinement uses.
    X : array of shape (n_samples, n_features)
        All samples. Anything but a table of numbers cannot be judged, and is let pass.
    kept : array of shape (n_samples,), bool
        What refinement kept.
    rng : RandomState
        Draws the halves and the uniform points.

    References
    ----------
    That a detector is the better the less volume its level sets need for the same mass: Clémençon and Jakubowicz,
    "Scoring anomalies: a M-estimation formulation", AISTATS 2013; used without labels: Goix, "How to evaluate the
    quality of unsupervised anomaly detection algorithms?", 2016, arXiv:1607.01152.
    """
    table = _as_table(X)
    if table is None or kept.all():
        return False
    if len(table) > MOST_JUDGED:
        judged = rng.choice(len(table), MOST_JUDGED, replace=False)
        table, kept = table[judged], kept[judged]
    changes: list[float] = []
    for _ in range(MOST_CUTS):
        halves = np.array_split(rng.permutation(len(table)), 2)
        if any((~kept[half]).sum() < LEAST_REJECTED or kept[half].sum() < 2 for half in halves):
            return False
        for fit, held_out in (halves, halves[::-1]):
            changes.append(_volume_change(one_class, table, kept, fit, held_out, rng))
        if abs(np.mean(changes) + VOLUME_TOLERANCE) > CLEAR_DIFFERENCE:
            break
    if np.mean(changes) >= -VOLUME_TOLERANCE:
        return False
    coherences = [_coherence(one_class, table, kept, fit, held_out, rng) for fit, held_out in (halves, halves[::-1])]
    return bool(np.mean(coherences) < COHERENCE)


def _as_table(X: Any) -> NDArray[Any] | None:
    array = np.asarray(X)
    return array if array.ndim == 2 and np.issubdtype(array.dtype, np.number) else None


def _volume_change(
    one_class: Any,
    table: NDArray[Any],
    kept: NDArray[np.bool_],
    fit: NDArray[np.intp],
    held_out: NDArray[np.intp],
    rng: np.random.RandomState,
) -> float:
    """Return how much better (AUROC) held-out samples are told from uniform points after refinement than before."""
    low, high = np.quantile(table, [0.01, 0.99], axis=0)
    margin = 0.05 * (high - low)
    points = rng.uniform(low - margin, high + margin, size=(len(held_out), table.shape[1]))
    compared = np.concatenate([table[held_out], points])
    uniform = np.repeat([0, 1], len(held_out))
    blind, refined = (
        auroc(uniform, anomaly_scores(_fitted(one_class, table[rows], rng), compared)) for rows in (fit, fit[kept[fit]])
    )
    return float((refined or 0.0) - (blind or 0.0))


def _coherence(
    one_class: Any,
    table: NDArray[Any],
    kept: NDArray[np.bool_],
    fit: NDArray[np.intp],
    held_out: NDArray[np.intp],
    rng: np.random.RandomState,
) -> float:
    """Return how well (AUROC) a model of the rejected tells held-out rejected samples from kept ones."""
    rejected = fit[~kept[fit]]
    model = _fitted(one_class, table[rejected], rng)
    return auroc(kept[held_out].astype(int), anomaly_scores(model, table[held_out])) or 0.0


def _fitted(one_class: Any, rows: NDArray[Any], rng: np.random.RandomState) -> Any:
    return set_random_states(clone(one_class), rng).fit(rows)
