"""What detectors decided about the test samples: confusion counts, calibration of probabilities, and their choices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from dross.evaluation.results import RunRow
from dross.evaluation.summary_row import Cell
from dross.report.runs import by_cell

#: Probabilities are looked at in bins of this width.
N_BINS = 10

_KINDS = ("correct_rejections", "false_alarms", "misses", "hits")


def confusion_rows(runs: Iterable[RunRow]) -> list[dict[str, Any]]:
    """Return the mean confusion counts of a run for each cell that has them, those with the highest accuracy first."""
    rows = []
    for cell, found in by_cell(runs).items():
        counts = [run.details["confusion"] for run in found if "confusion" in run.details]
        if counts:
            means = {kind: float(np.mean([each[kind] for each in counts])) for kind in _KINDS}
            right = means["hits"] + means["correct_rejections"]
            rows.append({**_key(cell), **means, "accuracy": right / sum(means.values()), "n_runs": len(counts)})
    return sorted(rows, key=lambda row: (row["dataset"], -row["accuracy"]))


def calibration_rows(runs: Iterable[RunRow]) -> list[dict[str, Any]]:
    """Return how often samples of each predicted probability were anomalies, over all runs of a cell.

    Returns
    -------
    list of dict
        ``predicted`` and ``share`` (the mean probability and the share of anomalies of each of ten equal bins that has
        samples), ``count``, and ``error``: the expected calibration error, the mean distance of the two, weighed by
        the counts. Detectors whose scores are no probabilities take no part.
    """
    rows = []
    for cell, found in by_cell(runs).items():
        tested = [run.details["tested"] for run in found if run.details.get("tested", {}).get("probabilities")]
        if tested:
            score = np.concatenate([each["score"] for each in tested])
            label = np.concatenate([each["label"] for each in tested])
            rows.append({**_key(cell), **_reliability(score, label)})
    return rows


def _reliability(score: Any, label: Any) -> dict[str, Any]:
    bins = np.minimum((np.clip(score, 0.0, 1.0) * N_BINS).astype(int), N_BINS - 1)
    filled = np.unique(bins)
    predicted = [float(score[bins == number].mean()) for number in filled]
    share = [float(label[bins == number].mean()) for number in filled]
    count = [int(np.count_nonzero(bins == number)) for number in filled]
    error = float(np.average(np.abs(np.subtract(predicted, share)), weights=count))
    return {"predicted": predicted, "share": share, "count": count, "error": error}


def choice_rows(runs: Iterable[RunRow]) -> list[dict[str, Any]]:
    """Return how each detector that chose its parameters did so: the record of the first run, and what others chose.

    Returns
    -------
    list of dict
        ``choice`` (of the lowest seed) and ``chosen``: each value that was chosen, and in how many runs.
    """
    rows = []
    for cell, found in by_cell(runs).items():
        chose = sorted((run for run in found if run.details.get("choice")), key=lambda run: run.key.seed)
        if chose:
            first: dict[str, Any] = chose[0].details["choice"]
            rows.append({**_key(cell), "seed": chose[0].key.seed, "choice": first, "chosen": _tally(chose)})
    return rows


def _tally(runs: Sequence[RunRow]) -> list[dict[str, Any]]:
    counts: dict[str, int] = {}
    for run in runs:
        word = value_word(run.details["choice"].get("chosen"))
        counts[word] = counts.get(word, 0) + 1
    return [{"value": word, "n_runs": count} for word, count in sorted(counts.items(), key=lambda item: -item[1])]


def value_word(value: Any) -> str:
    """Return a value that was chosen as it is printed.

    Examples
    --------
    >>> value_word(3), value_word([1.0, "scale"])
    ('3', '1.0, scale')
    """
    return ", ".join(map(value_word, value)) if isinstance(value, (list, tuple)) else str(value)


def _key(cell: Cell) -> dict[str, Any]:
    return {
        "dataset": cell.dataset,
        "detector": cell.detector,
        "training": cell.training,
        "variant": cell.variant,
        "contamination": cell.contamination,
    }
