"""The runs of a sweep summarised: mean, spread and interval over seeds, paired gains, means over tables or classes."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from dross.evaluation.category_metrics import category_runs, with_scales
from dross.evaluation.class_means import mean_over_classes
from dross.evaluation.protocols import TESTED_PROTOCOLS
from dross.evaluation.results import RunRow
from dross.evaluation.summary_row import METRICS, TIMES, Cell, SummaryRow, Values
from dross.evaluation.tested_samples import with_tested_interval
from dross.evaluation.variants import default_variant, split_variant
from dross.metrics import interval_of_resamples, recovery, resampling_weights

#: What stands in the column ``dataset`` for the mean over all tables that count.
OVER_TABLES = "mean over tables"


@final
@dataclass(frozen=True)
class LeftOut:
    """A table that does not count in means over tables, and why."""

    dataset: str
    detector: str | None
    reason: str


def summarise(rows: Iterable[RunRow]) -> list[SummaryRow]:
    """Return the summary of the runs of a sweep, finished or not.

    ``recovery`` and the gains are computed seed by seed against the blind and oracle runs of the same split, so their
    intervals are those of paired differences. A variant of the refinement alone (which no blind run has) is paired with
    the default blind run. Means over tables leave out what `left_out` lists.

    Of images there is a row for each class, which the variant names, and after them the mean over all classes, whose
    variant does not. An oracle at a ratio of zero is the blind run, so that is what stands for it there. Of mixed parts
    there is a row for each category, and for each scale that scores could have been brought to.

    Where every label is told, intervals are over test samples or folds: see
    `dross.evaluation.tested_samples.with_tested_interval`.

    Parameters
    ----------
    rows : iterable of RunRow
        Of `dross.evaluation.results.Results.rows`; failed runs take no part.

    Returns
    -------
    list of SummaryRow
        In the order of the cells, then of `METRICS`.
    """
    runs = list(rows)
    done = with_scales(run for run in runs if run.status == "done")
    values = _values(done)
    _add_clean_oracles(values)
    _add_paired(values)
    summary = [
        summary_row(cell, metric, by_metric[metric])
        for cell, by_metric in values.items()
        for metric in METRICS
        if metric in by_metric
    ]
    of_runs = _tested(summary, done) + _of_categories(done)
    return of_runs + mean_over_classes(values) + _over_tables(values, left_out(runs))


def _of_categories(runs: Iterable[RunRow]) -> list[SummaryRow]:
    """Return the AUROC within each category of mixed parts."""
    mine = [each for run in runs for each in category_runs(run)]
    return _tested([summary_row(cell, "auroc", found["auroc"]) for cell, found in _values(mine).items()], mine)


def _tested(summary: Sequence[SummaryRow], runs: Iterable[RunRow]) -> list[SummaryRow]:
    """Return the rows with those of protocols with few test samples given intervals over these."""
    of_cell: dict[Cell, list[RunRow]] = defaultdict(list)
    for run in runs:
        if run.key.protocol in TESTED_PROTOCOLS:
            of_cell[Cell(*dataclasses.astuple(run.key)[:-1])].append(run)
    return [with_tested_interval(row, of_cell[row.cell]) if row.cell in of_cell else row for row in summary]


def left_out(rows: Iterable[RunRow]) -> list[LeftOut]:
    """Return the tables that do not count in means over tables.

    These are tables whose pool of contaminants is under 20 anomalies, and for each detector those where runs failed or
    are missing: a mean over other tables for one detector than for another would compare the tables.
    """
    small: dict[str, int] = {}
    done: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    failed: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        dataset, detector = row.key.dataset, row.key.detector
        done[detector][dataset] += row.status == "done"
        failed[dataset, detector] += row.status == "failed"
        if row.details.get("small_pool"):
            small[dataset] = row.details["n_pool"]
    found = [
        LeftOut(name, None, f"its pool of contaminants has {n_pool} anomalies, fewer than 20")
        for name, n_pool in sorted(small.items())
    ]
    for detector, counts in sorted(done.items()):
        most = max(counts.values())
        for dataset, count in sorted(counts.items()):
            if n_failed := failed[dataset, detector]:
                found.append(LeftOut(dataset, detector, f"{n_failed} of its runs failed"))
            elif count < most:
                found.append(LeftOut(dataset, detector, f"only {count} of {most} runs have ended"))
    return found


def summary_row(cell: Cell, metric: str, by_seed: Mapping[int, float | None]) -> SummaryRow:
    """Return the summary of one value a seed.

    Examples
    --------
    >>> cell = Cell("thyroid", "controlled", "knn", "blind", "", 0.1)
    >>> row = summary_row(cell, "auroc", {0: 0.8, 1: 0.9, 2: None})
    >>> round(row.mean, 3), round(row.std, 3), row.n_seeds
    (0.85, 0.071, 2)
    """
    seeds = sorted(by_seed)
    table = np.array([[np.nan if by_seed[seed] is None else by_seed[seed] for seed in seeds]], dtype=np.float64)
    return _row_of_matrix(cell, metric, table)


def _row_of_matrix(cell: Cell, metric: str, matrix: NDArray[np.float64]) -> SummaryRow:
    """Summarise values of shape (n_tables, n_seeds), NaN where undefined: the mean of the tables' means over seeds."""
    matrix = matrix[~np.isnan(matrix).all(axis=1)]
    matrix = matrix[:, ~np.isnan(matrix).all(axis=0)]
    n_seeds = matrix.shape[1]
    if matrix.size == 0:
        return SummaryRow(cell, metric, None, None, None, None, 0)
    mean = float(np.nanmean(matrix, axis=1).mean())
    if n_seeds == 1:
        return SummaryRow(cell, metric, mean, None, None, None, 1)
    std = float(np.nanmean(matrix, axis=0).std(ddof=1))
    low, high = interval_of_resamples(_resampled_means(matrix))
    return SummaryRow(cell, metric, mean, std, low, high, n_seeds)


def _resampled_means(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of the tables' means for each bootstrap resample of the seeds, the same seeds for all tables."""
    weights = resampling_weights(matrix.shape[1])
    defined = ~np.isnan(matrix)
    share = weights @ defined.T.astype(np.float64)
    totals = weights @ np.where(defined, matrix, 0.0).T
    with np.errstate(invalid="ignore"):
        of_tables = totals / share  # NaN where a resample holds no seed for which this table is defined
    sums, counts = np.nansum(of_tables, axis=1), (share > 0).sum(axis=1)
    return np.asarray(sums[counts > 0] / counts[counts > 0])


def _values(rows: Iterable[RunRow]) -> Values:
    values: Values = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        key = row.key
        cell = Cell(key.dataset, key.protocol, key.detector, key.training, key.variant, key.contamination)
        for metric, value in {**row.metrics, **_times(row)}.items():
            values[cell][metric][key.seed] = value
    return values


def _times(row: RunRow) -> dict[str, float | None]:
    """Return what a run took; of one that was recorded before these were told apart, the sum alone."""
    fit = row.details.get("fit_seconds")
    return {"seconds": row.seconds} | (
        {} if fit is None else {"fit_seconds": fit, "scoring_seconds": row.seconds - fit}
    )


def _add_clean_oracles(values: Values) -> None:
    """Let the blind runs without contaminants stand for the oracle's, which image sweeps do not repeat."""
    for cell in [cell for cell in values if cell.training == "oracle" and _is_of_images(cell)]:
        clean = cell._replace(contamination=0.0)
        blind = values.get(clean._replace(training="blind"))
        if clean not in values and blind:
            values[clean] = {metric: dict(found) for metric, found in blind.items() if metric not in TIMES}


def _add_paired(values: Values) -> None:
    """Add recovery and gains to the refined cells, seed by seed."""
    for cell in [cell for cell in values if cell.training == "refined"]:
        blind, oracle = _partner(values, cell, "blind"), _partner(values, cell, "oracle")
        refined = values[cell]
        of_images = ("ap", "ap_minority") if _is_of_images(cell) else ()
        for metric in ("auroc", *of_images, "f1_oracle") if blind else ():
            refined[f"{metric}_gain"] = {
                seed: _difference(value, blind[metric][seed])
                for seed, value in refined[metric].items()
                if seed in blind[metric]
            }
        if blind and oracle:
            refined["recovery"] = {
                seed: recovery(value, blind["auroc"][seed], oracle["auroc"][seed])
                for seed, value in refined["auroc"].items()
                if seed in blind["auroc"] and seed in oracle["auroc"]
            }


def _partner(values: Values, cell: Cell, training: str) -> dict[str, dict[int, float | None]]:
    same = cell._replace(training=training)
    return values.get(same) or values.get(same._replace(variant=default_variant(cell.variant))) or {}


def _difference(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a - b


def _over_tables(values: Values, excluded: Sequence[LeftOut]) -> list[SummaryRow]:
    out = {(each.dataset, each.detector) for each in excluded}
    groups: dict[Cell, list[Cell]] = defaultdict(list)
    for cell in values:
        if _is_of_images(cell) or (cell.dataset, None) in out or (cell.dataset, cell.detector) in out:
            continue
        group = cell._replace(dataset=OVER_TABLES)
        # Each table has its own natural contamination: under adbench they form one group.
        groups[group._replace(contamination=-1.0) if cell.protocol == "adbench" else group].append(cell)
    summary = []
    for group, cells in groups.items():
        if len(cells) < 2:
            continue
        named = group
        if group.contamination < 0:
            named = group._replace(contamination=round(float(np.mean([cell.contamination for cell in cells])), 6))
        for metric in METRICS:
            if any(metric in values[cell] for cell in cells):
                summary.append(_row_of_matrix(named, metric, _matrix([values[cell].get(metric, {}) for cell in cells])))
    return summary


def _is_of_images(cell: Cell) -> bool:
    """Return whether a cell is of images: its variant says which class is normal."""
    return split_variant(cell.variant)[0] is not None


def _matrix(tables: Sequence[Mapping[int, float | None]]) -> NDArray[np.float64]:
    seeds = sorted({seed for table in tables for seed in table})
    return np.array([[np.nan if table.get(seed) is None else table[seed] for seed in seeds] for table in tables], float)
