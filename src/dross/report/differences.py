"""Which differences between methods are larger than chance, where every label was told and every sample kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from dross.evaluation.protocols import SUPERVISED_PROTOCOLS
from dross.evaluation.results import RunRow
from dross.evaluation.summary_row import Cell
from dross.evaluation.tested_samples import paired_test
from dross.metrics import holm
from dross.report.ranking import BASELINES
from dross.report.runs import by_cell

#: What methods are compared by.
COMPARED = ("accuracy", "f1", "auroc")

#: A difference whose adjusted p-value is below this is said to be larger than chance.
LEVEL = 0.05

_Pair = tuple[Cell, Cell]


def difference_rows(runs: Iterable[RunRow]) -> list[dict[str, Any]]:
    """Return the differences that a reader asks about, each with its interval and test.

    Three questions are asked for each data set and metric, and p-values are adjusted (Holm) for the number of answers
    to each: is the best method better than each other (``"best"``), does a parameter change anything
    (``"variant"``: the variant minus the default), and does what was trained on normals alone beat the strongest
    baseline (``"baseline"``)?

    Parameters
    ----------
    runs : iterable of RunRow
        As a report shows them; those of protocols that do not tell every label take no part.

    Returns
    -------
    list of dict
        ``question``, ``dataset``, ``metric``, ``first`` and ``second`` (``detector``, ``variant``, ``training``,
        ``mean``), ``mean`` (first minus second), ``low``, ``high``, ``p``, ``adjusted``, ``test`` and ``verdict``
        ("gain", "loss" or "level", by the adjusted p-value).
    """
    of_dataset: dict[str, dict[Cell, list[RunRow]]] = defaultdict(dict)
    for cell, found in by_cell(run for run in runs if run.key.protocol in SUPERVISED_PROTOCOLS).items():
        of_dataset[cell.dataset][cell] = found
    rows = []
    for cells in of_dataset.values():
        for metric in COMPARED:
            means = {cell: mean for cell, found in cells.items() if (mean := _mean(found, metric)) is not None}
            questions = {"best": _against_the_best(means), "variant": _variants(means)}
            if metric == "auroc":
                questions["baseline"] = _against_baselines(means, cells)
            for question, pairs in questions.items():
                rows += _answers(question, metric, pairs, cells, means)
    return rows


def _mean(runs: Sequence[RunRow], metric: str) -> float | None:
    values = [value for run in runs if (value := run.metrics.get(metric)) is not None]
    return float(np.mean(values)) if values else None


def _against_the_best(means: Mapping[Cell, float]) -> list[_Pair]:
    best = max(means, key=lambda cell: means[cell], default=None)
    return [] if best is None else [(best, other) for other in means if other != best]


def _variants(means: Mapping[Cell, float]) -> list[_Pair]:
    defaults = [(cell, cell._replace(variant="")) for cell in means if cell.variant]
    return [(cell, default) for cell, default in defaults if default in means]


def _against_baselines(means: Mapping[Cell, float], cells: Mapping[Cell, Sequence[RunRow]]) -> list[_Pair]:
    """Return the detectors that were told no label, each against the strongest baseline."""
    untold = [cell for cell in means if not any(run.details.get("told_labels") for run in cells[cell])]
    baselines = [cell for cell in untold if cell.detector in BASELINES]
    strongest = max(baselines, key=lambda cell: means[cell], default=None)
    return [] if strongest is None else [(cell, strongest) for cell in untold if cell not in baselines]


def _answers(
    question: str,
    metric: str,
    pairs: Sequence[_Pair],
    cells: Mapping[Cell, Sequence[RunRow]],
    means: Mapping[Cell, float],
) -> list[dict[str, Any]]:
    tested = [(pair, test) for pair in pairs if (test := paired_test(cells[pair[0]], cells[pair[1]], metric))]
    decided = [(pair, test) for pair, test in tested if test.difference.p is not None]
    adjusted = holm([test.difference.p or 0.0 for _, test in decided])
    return [
        {
            "question": question,
            "dataset": first.dataset,
            "metric": metric,
            "first": _method(first, means[first]),
            "second": _method(second, means[second]),
            **test.difference._asdict(),
            "adjusted": float(p),
            "test": test.test,
            "verdict": "level" if p >= LEVEL else "gain" if test.difference.mean > 0 else "loss",
        }
        for ((first, second), test), p in zip(decided, adjusted, strict=True)
    ]


def _method(cell: Cell, mean: float) -> dict[str, Any]:
    return {"detector": cell.detector, "variant": cell.variant, "training": cell.training, "mean": mean}
