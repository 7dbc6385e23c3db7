"""The tables of a report as CSV, for other programs, and as Markdown, for a README or an issue."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dross.evaluation.summary_table import COLUMNS
from dross.report.averages import percent
from dross.report.comparison import comparison_columns, comparison_rows
from dross.report.findings import named
from dross.report.metric_words import metric_words
from dross.report.ranking import ranking_cells, ranking_columns

_GAIN_COLUMNS = (
    "dataset",
    "detector",
    "variant",
    "contamination",
    "metric",
    "blind",
    "refined",
    "gain",
    "low",
    "high",
    "n_seeds",
    "verdict",
)


def report_tables(summary: Mapping[str, Any]) -> dict[str, str]:
    """Return the text of every table by its file name.

    Parameters
    ----------
    summary : mapping
        What ``summarize`` returned.
    """
    columns = comparison_columns(summary)
    rows = [_comparison_texts(row) for row in comparison_rows(summary)]
    headings = [heading for _, heading, _ in columns]
    aligned = [numeric for _, _, numeric in columns]
    inspected = {"inspection.csv": _inspection_csv(summary["inspection"])} if summary["inspection"] else {}
    return {
        **inspected,
        "means.csv": _rows_csv(COLUMNS, [*summary["over_classes"], *summary["means"]]),
        "gains.csv": _rows_csv(_GAIN_COLUMNS, [*summary["class_gains"], *summary["gains"]]),
        "losses.csv": _rows_csv(_GAIN_COLUMNS, summary["losses"]),
        "comparison.csv": csv_text(headings, rows),
        "comparison.md": markdown_text(headings, rows, aligned),
        "summary.md": _summary_markdown(summary),
    }


def _inspection_csv(inspection: Mapping[str, Any]) -> str:
    """Return a row for each method and set, and before these one for its mean over sets."""
    numbers = ("pixel_auroc", "aupro", "fit_seconds", "score_seconds", "seconds")
    columns = ("detector", "training", "variant", "contamination", "dataset", "auroc", "low", "high", *numbers)
    rows = []
    for row in inspection["table"]:
        method = [row["detector"], row["training"], row["variant"], inspection["contamination"]]
        places = {"mean over sets": {**row, "auroc": row["mean"]}, **row["by_set"]}
        for name, found in places.items():
            auroc = [None if found["auroc"] is None else found["auroc"][key] for key in ("mean", "low", "high")]
            rows.append([*method, name, *auroc, *(found[key] for key in numbers)])
    return csv_text(columns, rows)


def _rows_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    return csv_text(columns, ([row[key] for key in columns] for row in rows))


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    r"""Return a CSV; what is not defined is an empty field.

    Examples
    --------
    >>> csv_text(["a", "b"], [[1, None], ["x,y", 0.5]])
    'a,b\n1,\n"x,y",0.5\n'
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_field(value) for value in row] for row in rows)
    return text.getvalue()


def _field(value: Any) -> Any:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else value


def markdown_text(columns: Sequence[str], rows: Iterable[Sequence[str]], numeric: Sequence[bool]) -> str:
    r"""Return a Markdown table; numeric columns are aligned right.

    Examples
    --------
    >>> print(markdown_text(["name", "AUROC"], [["a|b", "98.1"]], [False, True]), end="")
    | name | AUROC |
    |---|---:|
    | a\|b | 98.1 |
    """
    lines = [_line(columns), "|" + "|".join("---:" if right else "---" for right in numeric) + "|"]
    lines += [_line(row) for row in rows]
    return "\n".join(lines) + "\n"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _comparison_texts(row: Mapping[str, Any]) -> list[str]:
    texts = [f"{cell['text']} ({cell['interval']})" if cell["interval"] else cell["text"] for cell in row["cells"]]
    return [*row["names"], *texts]


def _summary_markdown(summary: Mapping[str, Any]) -> str:
    """Return the verdict as Markdown: the sentences, the pooled gains and the losses."""
    words = metric_words(summary["headline_metric"])
    parts = [f"# {summary['title']}", *(f"- {sentence}" for sentence in summary["headline"]["sentences"])]
    if summary["ranking"]:
        parts += ["", "## All detectors, best first", "", _ranking_markdown(summary["ranking"])]
    else:
        parts += ["", f"## {words.label} gained by refinement, points", "", _pooled_markdown(summary)]
    if summary["losses"]:
        rows = [
            [
                row["dataset"],
                named(row),
                percent(row["contamination"]),
                metric_words(row["metric"]).label,
                _with_interval(row),
            ]
            for row in summary["losses"]
        ]
        headings = ["Data set", "Detector", "Contamination", "Metric", "Loss, points"]
        parts += ["## Losses", "", markdown_text(headings, rows, [False, False, True, False, True])]
    return "\n".join(parts).rstrip("\n") + "\n"


def _ranking_markdown(ranking: Sequence[Mapping[str, Any]]) -> str:
    columns = ranking_columns(ranking)
    texts = [
        [
            f"{cell['text']} ({cell['interval']})" if cell["interval"] else cell["text"]
            for cell in ranking_cells(row, columns)
        ]
        for row in ranking
    ]
    return markdown_text([heading for _, heading, _ in columns], texts, [numeric for _, _, numeric in columns])


def _pooled_markdown(summary: Mapping[str, Any]) -> str:
    rows = [row for row in summary["pooled"] if row["metric"] == summary["headline_metric"]]
    words = metric_words(summary["headline_metric"])
    texts = [
        [named(row), row["level"], words.shown(row["blind"]), words.shown(row["refined"]), _with_interval(row)]
        for row in rows
    ]
    headings = ["Detector", "Contamination", "Blind", "Refined", "Gain"]
    return markdown_text(headings, texts, [False, True, True, True, True])


def _with_interval(row: Mapping[str, Any]) -> str:
    words = metric_words(row["metric"])
    if row["low"] is None:
        return words.shown_gain(row["gain"])
    return f"{words.shown_gain(row['gain'])} ({words.shown_gain(row['low'])} to {words.shown_gain(row['high'])})"
