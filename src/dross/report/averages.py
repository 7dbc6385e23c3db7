"""Means over seeds and paired gains, each with its 95 % bootstrap interval."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from dross.evaluation.results import RunRow
from dross.evaluation.summary import summarise
from dross.evaluation.summary_row import Cell, SummaryRow
from dross.evaluation.variants import split_variant
from dross.metrics import bootstrap_interval
from dross.report.metric_words import COMPARED, DECIDED
from dross.report.runs import cell_of


def interval(values: Sequence[float]) -> tuple[float, float] | tuple[None, None]:
    """Return the 95 % bootstrap interval of a mean; ``(None, None)`` for fewer than two values.

    Examples
    --------
    >>> interval([0.5])
    (None, None)
    >>> interval([0.5, 0.5, 0.5])
    (0.5, 0.5)
    """
    return bootstrap_interval(values) or (None, None)


def mean_rows(rows: Sequence[RunRow]) -> list[dict[str, Any]]:
    """Return the summary of a sweep as plain dicts: the columns of ``summary.csv``, and why a mean is not defined."""
    reasons: dict[tuple[Cell, str], str] = {}
    for row in rows:
        for metric, reason in row.details.get("undefined", {}).items():
            cell = cell_of(row)
            reasons[cell, metric] = reason
            reasons[cell._replace(variant=split_variant(cell.variant)[1]), metric] = reason  # the mean over classes
    return [_mean_row(row, reasons.get((row.cell, row.metric))) for row in summarise(rows)]


def _mean_row(row: SummaryRow, reason: str | None) -> dict[str, Any]:
    if row.metric == "recovery":
        reason = "oracle and blind are less than 2 points of AUROC apart"
    return {
        **row.cell._asdict(),
        "metric": row.metric,
        "mean": row.mean,
        "std": row.std,
        "low": row.low,
        "high": row.high,
        "n_seeds": row.n_seeds,
        "reason": reason if row.mean is None else None,
    }


def compared_metrics(rows: Sequence[RunRow]) -> tuple[str, ...]:
    """Return the metrics to compare: the minority's AP only where it is not the AP that stands beside it anyway."""
    same = all(row.metrics.get("ap") == row.metrics.get("ap_minority") for row in rows if "ap_minority" in row.metrics)
    decided = DECIDED if any("accuracy" in row.metrics for row in rows) else ()
    return (*(metric for metric in COMPARED if metric != "ap_minority" or not same), *decided)


def gain_rows(rows: Iterable[RunRow], metrics: Iterable[str] = COMPARED) -> list[dict[str, Any]]:
    """Return refined minus blind, paired by seed, for each data set, detector, variant, contamination and metric.

    A variant of the refined run is compared with the blind run of the same variant where there is one, else with the
    default blind run: a variant of the refinement has no blind counterpart of its own.

    Returns
    -------
    list of dict
        With ``gain``, its interval, ``n_seeds`` and ``verdict``: "gain" or "loss" where the interval excludes zero,
        else "level".
    """
    by_seed = {(cell_of(row), row.key.seed): row for row in rows if row.status == "done"}
    blind = {cell for cell, _ in by_seed if cell.training == "blind"}
    seeds: dict[Cell, list[int]] = defaultdict(list)
    for cell, seed in by_seed:
        if cell.training == "refined":
            seeds[cell].append(seed)
    gains = []
    for cell, found in seeds.items():
        partner = _partner(cell, "blind", blind)
        if partner is None:
            continue
        for metric in metrics:
            pairs = _pairs(by_seed, cell, partner, found, metric)
            if pairs:
                gains.append(_gain_row(cell, metric, pairs))
    return gains


def _partner(cell: Cell, training: str, known: set[Cell]) -> Cell | None:
    for variant in (cell.variant, ""):
        candidate = Cell(cell.dataset, cell.protocol, cell.detector, training, variant, cell.contamination)
        if candidate in known:
            return candidate
    return None


def _pairs(
    by_seed: dict[tuple[Cell, int], RunRow], refined: Cell, blind: Cell, seeds: Iterable[int], metric: str
) -> list[tuple[float, float]]:
    pairs = []
    for seed in seeds:
        ours, other = by_seed[refined, seed], by_seed.get((blind, seed))
        after = ours.metrics.get(metric)
        before = None if other is None else other.metrics.get(metric)
        if after is not None and before is not None:
            pairs.append((before, after))
    return pairs


def _gain_row(cell: Cell, metric: str, pairs: Sequence[tuple[float, float]]) -> dict[str, Any]:
    differences = [after - before for before, after in pairs]
    low, high = interval(differences)
    return {
        "dataset": cell.dataset,
        "detector": cell.detector,
        "variant": cell.variant,
        "contamination": cell.contamination,
        "level": level(cell),
        "metric": metric,
        "blind": float(np.mean([before for before, _ in pairs])),
        "refined": float(np.mean([after for _, after in pairs])),
        "gain": float(np.mean(differences)),
        "low": low,
        "high": high,
        "n_seeds": len(pairs),
        "verdict": verdict(low, high),
    }


def level(cell: Cell) -> str:
    """Return the contamination as it is printed; under ``adbench`` every data set has its own, and all share a word."""
    return "natural" if cell.protocol == "adbench" else percent(cell.contamination)


def percent(ratio: float) -> str:
    """Return a share as it is printed.

    Examples
    --------
    >>> percent(0.025), percent(0.1), percent(0.0), percent(0.09612)
    ('2.5 %', '10 %', '0 %', '9.61 %')
    """
    return f"{100 * ratio:.3g} %"


def verdict(low: float | None, high: float | None) -> str:
    """Return "gain" or "loss" where an interval lies wholly on one side of zero, else "level".

    Examples
    --------
    >>> verdict(0.01, 0.02), verdict(-0.02, -0.01), verdict(-0.01, 0.01), verdict(None, None)
    ('gain', 'loss', 'level', 'level')
    """
    if low is None or high is None:
        return "level"
    if low > 0:
        return "gain"
    return "loss" if high < 0 else "level"
