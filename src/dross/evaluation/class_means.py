"""Means over the classes of an image data set, each class the normal one in turn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from dross.evaluation.protocols import TESTED_PROTOCOLS
from dross.evaluation.summary_row import METRICS, Cell, SummaryRow, Values
from dross.evaluation.variants import split_variant
from dross.metrics import bootstrap_interval


def mean_over_classes(values: Values) -> list[SummaryRow]:
    """Return a row a metric for each detector, training, variant and ratio: the mean over all classes and seeds.

    The interval is a bootstrap over the runs, a class and a seed each: how far the mean would move with other classes
    and seeds. A seed counts where its runs on every class have ended: a mean over other classes for one detector than
    for another would compare the classes.

    Parameters
    ----------
    values : dict
        By cell, metric and seed; cells whose variant names no class take no part.

    Returns
    -------
    list of SummaryRow
        Their variant names no class; ``n_seeds`` is the number of seeds, not of runs.
    """
    of_class: dict[Cell, dict[object, Mapping[str, Mapping[int, float | None]]]] = defaultdict(dict)
    known: dict[tuple[str, str], set[object]] = defaultdict(set)
    for cell, by_metric in values.items():
        roles, rest = split_variant(cell.variant)
        if roles is not None:
            of_class[cell._replace(variant=rest)][roles] = by_metric
            known[cell.dataset, cell.protocol].add(roles)
    rows = []
    for group, by_class in of_class.items():
        if group.protocol in TESTED_PROTOCOLS and len(known[group.dataset, group.protocol]) == 1:
            continue  # the row of the one class has an interval that suits it
        seeds = complete_seeds(
            [(roles, seed) for roles, found in by_class.items() for seed in set().union(*found.values())],
            len(known[group.dataset, group.protocol]),
        )
        for metric in METRICS if seeds else ():
            columns = [found[metric] for found in by_class.values() if metric in found]
            if columns:
                rows.append(_row(group, metric, columns, seeds))
    return rows


def complete_seeds(runs: Iterable[tuple[object, int]], n_classes: int) -> list[int]:
    """Return the seeds that runs on every class have, of runs given as (class, seed).

    Examples
    --------
    >>> complete_seeds([("cat", 0), ("cat", 1), ("dog", 1)], 2)
    [1]
    """
    classes: dict[int, set[object]] = defaultdict(set)
    for roles, seed in runs:
        classes[seed].add(roles)
    return sorted(seed for seed, found in classes.items() if len(found) == n_classes)


def _row(cell: Cell, metric: str, columns: Sequence[Mapping[int, float | None]], seeds: Sequence[int]) -> SummaryRow:
    defined = [(seed, value) for column in columns for seed in seeds if (value := column.get(seed)) is not None]
    if not defined:
        return SummaryRow(cell, metric, None, None, None, None, 0)
    numbers = np.array([value for _, value in defined])
    low, high = bootstrap_interval(numbers) or (None, None)
    std = float(numbers.std(ddof=1)) if numbers.size > 1 else None
    return SummaryRow(cell, metric, float(numbers.mean()), std, low, high, len({seed for seed, _ in defined}))
