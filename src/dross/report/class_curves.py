"""Which ROC curves stand for each normal class: those of the best detector and of the strongest baseline on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from dross.evaluation.protocols import SHARE_PROTOCOLS
from dross.evaluation.results import RunRow
from dross.evaluation.summary_row import Cell
from dross.report.ranking import BASELINES
from dross.report.run_details import dirtiest_cells

#: The protocols that have each class normal in turn.
_IN_TURN = ("one-vs-rest", *SHARE_PROTOCOLS)


def class_curve_rows(runs: Iterable[RunRow]) -> list[dict[str, Any]]:
    """Return two ROC curves at most for each class of images that is normal in turn, at its highest contamination.

    Parameters
    ----------
    runs : iterable of RunRow
        As a report shows them, the class in the name of the data set; those of other protocols take no part.

    Returns
    -------
    list of dict
        ``role`` ("best" or "baseline"), ``detector``, ``training``, ``auroc`` (mean over seeds, by which it was
        chosen) and the curve ``x``, ``y`` of ``seed``, the first. The oracle, which nobody has, is none of them.
    """
    of_dataset: dict[str, list[tuple[float, Cell, RunRow]]] = defaultdict(list)
    for cell, found in dirtiest_cells(run for run in runs if run.key.protocol in _IN_TURN).items():
        values = [run.metrics["auroc"] for run in found if run.metrics.get("auroc") is not None]
        first = min(found, key=lambda run: run.key.seed)
        if cell.training != "oracle" and values and first.details.get("roc"):
            of_dataset[cell.dataset].append((float(np.mean([value or 0.0 for value in values])), cell, first))
    rows = []
    for found_here in of_dataset.values():
        for role, is_baseline in (("best", False), ("baseline", True)):
            mine = [each for each in found_here if (each[1].detector in BASELINES) is is_baseline]
            rows += [_row(role, *max(mine, key=lambda each: each[0]))] if mine else []
    return rows


def _row(role: str, auroc: float, cell: Cell, run: RunRow) -> dict[str, Any]:
    curve: dict[str, Sequence[float]] = run.details["roc"]
    return {
        "dataset": cell.dataset,
        "role": role,
        "detector": cell.detector,
        "training": cell.training,
        "contamination": cell.contamination,
        "auroc": auroc,
        "seed": run.key.seed,
        "x": list(curve["fpr"]),
        "y": list(curve["tpr"]),
    }
