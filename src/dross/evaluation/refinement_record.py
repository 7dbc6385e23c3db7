"""What refinement did to the training set of one run, counted with the labels that it never saw."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dross.scoring import ANOMALY, NORMAL


def dropped_shares(kept: NDArray[np.bool_], labels: NDArray[np.int64]) -> tuple[float | None, float | None]:
    """Return the share of contaminants dropped (``None`` where there were none) and the share of normals lost.

    Parameters
    ----------
    kept : array of shape (n_train,), bool
        Which training samples refinement kept.
    labels : array of shape (n_train,)
        ``1`` anomaly, ``0`` normal.

    Examples
    --------
    >>> dropped_shares(np.array([True, True, False, False]), np.array([0, 0, 0, 1]))
    (1.0, 0.3333333333333333)
    >>> dropped_shares(np.array([True, True]), np.array([0, 0]))
    (None, 0.0)
    """
    return _share_dropped(kept[labels == ANOMALY]), _share_dropped(kept[labels == NORMAL])


def trace_record(trace: list[Any], labels: NDArray[np.int64]) -> list[dict[str, Any]]:
    """Return the plain record of ``refinement_trace_``, one dict a round.

    Parameters
    ----------
    trace : list of RefinementRound
        Of a fitted refined detector.
    labels : array of shape (n_train,)
        ``1`` anomaly, ``0`` normal.
    """
    record = []
    for entry in trace:
        kept = np.asarray(entry.kept, dtype=bool)
        contaminants, normals = dropped_shares(kept, labels)
        record.append(
            {
                "round": int(entry.round),
                "epoch": float(entry.epoch),
                "kept": int(np.count_nonzero(kept)),
                "dropped_contaminants": contaminants,
                "lost_normals": normals,
                "loss": None if entry.loss is None else float(entry.loss),
                "rejection": float(entry.rejection),
            }
        )
    return record


def _share_dropped(kept: NDArray[np.bool_]) -> float | None:
    return float(np.mean(~kept)) if kept.size else None
