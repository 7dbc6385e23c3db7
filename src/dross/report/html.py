"""The summary and its figures as one HTML file that opens from disk, without a network, in light and dark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from dross.report.averages import percent
from dross.report.comparison import comparison_columns, comparison_rows
from dross.report.difference_words import difference_tables
from dross.report.findings import named
from dross.report.gallery_words import gallery_title, gallery_view
from dross.report.inspection_page import inspection_view, located_views, questions_view
from dross.report.metric_words import metric_words
from dross.report.mixed import mixed_view
from dross.report.page import page_environment
from dross.report.plot_style import Drawing
from dross.report.ranking import ranking_cells, ranking_columns

#: The sections in their order: identifier and name in the table of contents. Sweeps of tables have no galleries.
SECTIONS = (
    ("verdict", "The verdict in numbers"),
    ("mixed", "Pooled, and category by category"),
    ("inspection", "All methods, set by set"),
    ("questions", "Three questions"),
    ("located", "Found, missed, false alarms"),
    ("method", "What SRR is"),
    ("differences", "Larger than chance?"),
    ("labels", "What a few labels are worth"),
    ("data", "The data and the protocol"),
    ("curves", "Contamination curves"),
    ("table", "Means and intervals"),
    ("refinement", "How refinement went"),
    ("scores", "Score histograms"),
    ("rankings", "ROC and precision-recall"),
    ("decisions", "Right and wrong decisions"),
    ("choices", "How parameters were chosen"),
    ("reconstruction", "What was reconstructed"),
    ("stages", "What a network makes of images"),
    ("galleries", "Galleries"),
    ("losses", "Where we lose"),
    ("failures", "Runs that failed"),
    ("repeat", "How to repeat this"),
)

#: Figures beyond this many characters are named by their file instead: the page stays under 5 MB.
_MOST_FIGURES = 2_600_000

#: Pictures beyond this many characters are left to the gallery's own file: the page stays under 6 MB.
_MOST_PICTURES = 2_400_000

#: The sections that only some sweeps have, and what the summary calls what is in them.
SOMETIMES = (
    ("galleries", "galleries"),
    ("reconstruction", "reconstructions"),
    ("stages", "stage_maps"),
    ("differences", "differences"),
    ("decisions", "confusions"),
    ("choices", "choices"),
    ("labels", "few_labels"),
    ("mixed", "mixed"),
    ("inspection", "inspection"),
    ("questions", "inspection"),
    ("located", "located"),
)

#: Rows of the main table beyond this many are left to the CSV.
_MOST_ROWS = 2_500


def render_html(summary: Mapping[str, Any], drawings: Sequence[Drawing]) -> str:
    """Return the report as HTML.

    Parameters
    ----------
    summary : mapping
        What ``summarize`` returned.
    drawings : sequence of Drawing
        What ``draw_all`` returned, the most telling first: where the page would grow too large, the last ones are named
        by their file instead of drawn.
    """
    comparison = comparison_rows(summary)
    ranks = ranking_columns(summary["ranking"])
    placed = _by_section(drawings)
    located = located_views(summary["located"], _MOST_PICTURES)
    left = _MOST_PICTURES - sum(row["size"] for row in located)
    return (
        page_environment()
        .get_template("report.html.j2")
        .render(
            s=summary,
            sections=_sections(summary),
            ranks=ranks,
            ranking=[] if summary["inspection"] else [ranking_cells(row, ranks) for row in summary["ranking"]],
            inspection=inspection_view(summary["inspection"]),
            questions=questions_view(summary["questions"], summary["located"]),
            mixed=mixed_view(summary["mixed"]),
            located=located,
            drawings=placed,
            differences=difference_tables(summary["differences"]),
            galleries=_galleries(summary["galleries"], placed["galleries"], left),
            reconstructions=_reconstructions(summary["reconstructions"], placed["reconstruction"]),
            headline_label=metric_words(summary["headline_metric"]).label,
            pooled=_pooled_matrix(summary),
            columns=comparison_columns(summary),
            comparison=comparison[:_MOST_ROWS],
            comparison_cut=_cut(len(comparison)),
            filters=_filters(summary, comparison[:_MOST_ROWS]),
            failures=_grouped_failures(summary["failures"]),
            duration=_duration(summary["counts"]["seconds"]),
        )
    )


def _sections(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the sections that have something to say: without refinement, or contaminants, some have nothing."""
    empty = {name for name, key in SOMETIMES if not summary[key]}
    if summary["with_labels"] or (summary["inspection"] and len(summary["levels"]) < 2):
        empty.add("curves")
    if summary["with_labels"] or summary["ranking"]:
        empty |= {"method", "refinement", "losses"}
    return [section for section in SECTIONS if section[0] not in empty]


def _by_section(drawings: Iterable[Drawing]) -> dict[str, list[dict[str, Any]]]:
    """Return the figures of each section; those that no longer fit have no SVG."""
    placed: dict[str, list[dict[str, Any]]] = {
        name: []
        for name in (
            "gains",
            "contamination",
            "refinement",
            "scores",
            "rankings",
            "decisions",
            "choices",
            "labels",
            "mixed",
            "galleries",
            "reconstruction",
            "stages",
        )
    }
    used = 0
    for drawing in drawings:
        fits = used + len(drawing.inline_svg) <= _MOST_FIGURES
        used += len(drawing.inline_svg) if fits else 0
        placed[drawing.section].append(
            {
                "name": drawing.name,
                "title": drawing.title,
                "caption": drawing.caption,
                # Safe: matplotlib escapes the texts that it draws, and the label was escaped when the tag was made.
                "svg": Markup(drawing.inline_svg) if fits else None,
            }
        )
    return placed


def _galleries(rows: Iterable[Mapping[str, Any]], maps: Sequence[Mapping[str, Any]], most: int) -> list[dict[str, Any]]:
    """Return what is printed of each gallery, with its maps; the pictures of those that no longer fit are left out."""
    galleries = []
    used = 0
    for row in rows:
        size = sum(len(image["image"]) for panel in row["record"]["panels"] for image in panel["images"])
        fits = used + size <= most
        used += size if fits else 0
        galleries.append(
            {
                "name": row["name"],
                "title": gallery_title(row),
                "view": gallery_view(row["record"]),
                "shown": fits,
                "maps": [drawing for drawing in maps if drawing["name"] == f"map-{row['name']}"],
            }
        )
    return galleries


def _reconstructions(rows: Iterable[Mapping[str, Any]], losses: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what is printed of each detector that reconstructs; pictures that no longer fit are left out."""
    printed = []
    used = 0
    for row in rows:
        columns, edits = row["record"]["columns"], row["record"]["edits"]
        size = sum(len(column[key]) for column in columns for key in ("image", "before", "after", "difference"))
        size += sum(len(image) for snapshot in row["record"]["snapshots"] for image in snapshot["images"])
        size += sum(len(edit["image"]) for edit in edits) + sum(map(len, row["record"]["samples"]))
        fits = used + size <= _MOST_PICTURES
        used += size if fits else 0
        own = [drawing for drawing in losses if drawing["name"] == f"losses-{row['name']}"]
        printed.append({**row, "shown": fits, "losses": own})
    return printed


def _pooled_matrix(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a row for each detector and variant with a cell for each contamination."""
    words = metric_words(summary["headline_metric"])
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for row in summary["pooled"]:
        if row["metric"] == summary["headline_metric"]:
            between = "" if row["low"] is None else f"{words.shown_gain(row['low'])} to {words.shown_gain(row['high'])}"
            tally = f"▲ {row['n_gains']}  ▼ {row['n_losses']}  of {row['n_datasets']}" if row["n_datasets"] > 1 else ""
            rows.setdefault((row["detector"], row["variant"]), {})[row["level"]] = {
                "gain": words.shown_gain(row["gain"]),
                "interval": between,
                "tally": tally,
                "verdict": "" if row["verdict"] == "level" else row["verdict"],
            }
    return [
        {"detector": detector, "variant": variant, "cells": [cells.get(level) for level in summary["levels"]]}
        for (detector, variant), cells in rows.items()
    ]


def _filters(summary: Mapping[str, Any], comparison: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, list[str]]]:
    """Return (column, label, choices) of each drop-down, leaving out those with nothing to choose."""
    columns = [column[0] for column in comparison_columns(summary)]
    found = []
    for name, label in (
        ("metric", "Metric"),
        ("dataset", "Data set"),
        ("detector", "Detector"),
        ("contamination", "Contamination"),
    ):
        if name not in columns:
            continue
        values = list(dict.fromkeys(row["names"][columns.index(name)] for row in comparison))
        if len(values) > 1:
            found.append((name, label, values))
    return found


def _cut(n_rows: int) -> str:
    if n_rows <= _MOST_ROWS:
        return ""
    return (
        f"The first {_MOST_ROWS:,} of {n_rows:,} rows are shown, to keep this file small; "
        "all are in tables/comparison.csv beside it."
    )


def _grouped_failures(failures: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return each error once, with how often and where it happened."""
    groups: dict[str, list[str]] = {}
    for run in failures:
        place = (
            f"{run['dataset']}, {named(run)}, {run['training']}, {percent(run['contamination'])}, seed {run['seed']}"
        )
        groups.setdefault(run["error"], []).append(place)
    return [
        {
            "error": error,
            "count": len(places),
            "where": places if len(places) <= 12 else [*places[:12], f"and {len(places) - 12} more"],
        }
        for error, places in sorted(groups.items(), key=lambda item: -len(item[1]))
    ]


def _duration(seconds: float) -> str:
    """Return a duration as people say it.

    Examples
    --------
    >>> _duration(42.3), _duration(3725)
    ('42 s', '1 h 2 min')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
