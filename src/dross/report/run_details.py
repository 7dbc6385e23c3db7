"""What happened inside the runs: refinement per round, ROC and precision-recall curves, score histograms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from dross.evaluation.results import RunRow
from dross.evaluation.summary_row import Cell
from dross.report.runs import by_cell

_ROUND_FIELDS = ("kept_share", "dropped_contaminants", "lost_normals", "loss", "rejection")


def dirtiest_cells(runs: Iterable[RunRow]) -> dict[Cell, list[RunRow]]:
    """Return each data set's default-variant runs at its highest contamination, where detectors differ most."""
    cells = by_cell(runs)
    defaults = {cell: found for cell, found in cells.items() if not cell.variant} or cells
    highest: dict[str, float] = {}
    for cell in defaults:
        highest[cell.dataset] = max(cell.contamination, highest.get(cell.dataset, 0.0))
    return {cell: found for cell, found in defaults.items() if cell.contamination == highest[cell.dataset]}


def round_rows(runs: Iterable[RunRow]) -> list[dict[str, Any]]:
    """Return, for each refined cell that recorded a trace, the mean over seeds of every round.

    A seed that stopped earlier than others is missing from the later rounds, and ``n_seeds`` says so.
    """
    rows = []
    for cell, found in by_cell(runs).items():
        traces = [_shares(run) for run in found if run.details.get("trace")]
        if cell.training == "refined" and traces:
            rows.append({**_key(cell), "rounds": _mean_rounds(traces)})
    return rows


def _shares(run: RunRow) -> list[dict[str, Any]]:
    """Return a run's trace with the number kept as a share of the training set."""
    n_train = run.details.get("n_train")
    return [{**step, "kept_share": step["kept"] / n_train if n_train else None} for step in run.details["trace"]]


def _mean_rounds(traces: Sequence[Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    rounds = []
    for index in range(max(map(len, traces))):
        steps = [trace[index] for trace in traces if len(trace) > index]
        row: dict[str, Any] = {"round": index + 1, "epoch": _mean(steps, "epoch"), "n_seeds": len(steps)}
        row.update({name: _mean(steps, name) for name in _ROUND_FIELDS})
        rounds.append(row)
    return rounds


def _mean(steps: Sequence[Mapping[str, Any]], name: str) -> float | None:
    values = [float(step[name]) for step in steps if step.get(name) is not None]
    return float(np.mean(values)) if values else None


def curve_rows(runs: Iterable[RunRow]) -> list[dict[str, Any]]:
    """Return the mean ROC and precision-recall curves of each data set at its highest contamination."""
    rows = []
    for cell, found in dirtiest_cells(runs).items():
        for kind, across, up in (("roc", "fpr", "tpr"), ("pr", "recall", "precision")):
            curves = [curve for run in found if (curve := run.details.get(kind))]
            if curves:
                heights = np.mean([np.asarray(curve[up], dtype=np.float64) for curve in curves], axis=0)
                x = [round(float(value), 4) for value in curves[0][across]]
                y = [round(float(value), 4) for value in heights]
                rows.append({**_key(cell), "kind": kind, "x": x, "y": y, "n_seeds": len(curves)})
    return rows


def histogram_rows(runs: Iterable[RunRow]) -> list[dict[str, Any]]:
    """Return the score histogram of the lowest seed of each cell at the highest contamination.

    Scores of different seeds have no common scale, so that their histograms are not averaged.
    """
    rows = []
    for cell, found in dirtiest_cells(runs).items():
        shown = [run for run in found if run.details.get("histogram")]
        if shown and cell.training in ("blind", "refined"):
            first = min(shown, key=lambda run: run.key.seed)
            histogram = {name: list(first.details["histogram"][name]) for name in ("edges", "normal", "anomaly")}
            rows.append({**_key(cell), "seed": first.key.seed, **histogram})
    return rows


def _key(cell: Cell) -> dict[str, Any]:
    return {
        "dataset": cell.dataset,
        "detector": cell.detector,
        "training": cell.training,
        "variant": cell.variant,
        "contamination": cell.contamination,
    }
