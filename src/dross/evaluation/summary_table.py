"""A summary written down: as ``summary.csv``, and as Markdown tables."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence

from dross.evaluation.category_metrics import CLUSTERS
from dross.evaluation.summary_row import METRICS, TIMES, SummaryRow
from dross.files import write_text

COLUMNS = (
    "dataset",
    "protocol",
    "detector",
    "training",
    "variant",
    "contamination",
    "metric",
    "mean",
    "std",
    "low",
    "high",
    "n_seeds",
)

#: Metrics that are no shares, shown as they are; all others are shown times 100.
PLAIN_METRICS = frozenset({"recovery", *CLUSTERS, "mean_error_normal", "mean_error_anomaly", *TIMES})


def write_summary(path: str | os.PathLike[str], rows: Iterable[SummaryRow]) -> None:
    """Write a summary as CSV, whole or not at all; a cell is empty where nothing is defined.

    Parameters
    ----------
    path : path
        Such as ``studies/thyroid/summary.csv``.
    rows : iterable of SummaryRow
        Of `dross.evaluation.summary.summarise`.
    """
    write_text(path, csv_text(rows))


def csv_text(rows: Iterable[SummaryRow]) -> str:
    r"""Return a summary as the text of ``summary.csv``: fractions, six digits.

    Examples
    --------
    >>> csv_text([])
    'dataset,protocol,detector,training,variant,contamination,metric,mean,std,low,high,n_seeds\n'
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        *names, contamination = row.cell
        numbers = ("" if value is None else f"{value:.6g}" for value in (row.mean, row.std, row.low, row.high))
        writer.writerow([*names, f"{contamination:g}", row.metric, *numbers, row.n_seeds])
    return text.getvalue()


def markdown_tables(rows: Iterable[SummaryRow], metrics: Sequence[str] = METRICS) -> str:
    """Return a summary as Markdown: one table for each data set and metric, a column for each ratio.

    Shares are shown times 100, each mean with its 95 % interval over seeds.

    Parameters
    ----------
    rows : iterable of SummaryRow
        Of `dross.evaluation.summary.summarise`.
    metrics : sequence of str
        Which metrics, in this order; by default all there are.
    """
    tables: dict[tuple[str, str], list[SummaryRow]] = {}
    for row in rows:
        tables.setdefault((row.cell.dataset, row.metric), []).append(row)
    datasets = list(dict.fromkeys(dataset for dataset, _ in tables))
    return "\n".join(
        f"### {dataset}: {metric}\n\n{markdown_table(tables[dataset, metric])}"
        for dataset in datasets
        for metric in metrics
        if (dataset, metric) in tables
    )


def markdown_table(rows: Sequence[SummaryRow]) -> str:
    """Return the rows of one data set and one metric as a Markdown table, detectors down and ratios across."""
    ratios = sorted({row.cell.contamination for row in rows})
    head = ["detector", "training", "variant", *(f"{100 * ratio:g} %" for ratio in ratios)]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * 3 + "---:|" * len(ratios)]
    by_line: dict[tuple[str, str, str], dict[float, SummaryRow]] = {}
    for row in rows:
        name = (row.cell.detector, row.cell.training, row.cell.variant or "default")
        by_line.setdefault(name, {})[row.cell.contamination] = row
    for name, by_ratio in by_line.items():
        cells = [_shown(by_ratio[ratio]) if ratio in by_ratio else "" for ratio in ratios]
        lines.append("| " + " | ".join([*name, *cells]) + " |")
    return "\n".join(lines) + "\n"


def _shown(row: SummaryRow) -> str:
    if row.mean is None:
        return "undefined"
    # What an error is measured in, the detector says: it may be hundreds or thousandths.
    form = ".3g" if row.metric.startswith("mean_error") else ".2f" if row.metric in PLAIN_METRICS else ".1f"
    scale = 1 if row.metric in PLAIN_METRICS else 100
    mean = f"{scale * row.mean:{form}}"
    if row.low is None or row.high is None:
        return mean
    return f"{mean} ({scale * row.low:{form}} to {scale * row.high:{form}})"
