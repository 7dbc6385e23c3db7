"""The report on disk: one HTML file, with its figures and tables beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dross.errors import DataError
from dross.evaluation.protocols import listed
from dross.files import atomic_path, write_text
from dross.report.drawings import draw_all
from dross.report.gallery_page import render_gallery
from dross.report.gallery_words import gallery_title
from dross.report.html import render_html
from dross.report.summarize import summarize
from dross.report.tables import report_tables

#: What a report is made of. The first is written first: where it is, the others are a report's, and may be replaced.
PARTS = ("summary.json", "figures", "tables", "galleries", "report.html")


def write_report(results_path: str | os.PathLike[str], out_dir: str | os.PathLike[str]) -> Path:
    """Write the report of a sweep and return the path of its HTML file.

    Use it when a sweep has ended, or in the middle of one: a report of an incomplete sweep says that it is. It holds
    nothing but what the results file holds, so that two calls write the same bytes.

    Parameters
    ----------
    results_path : path
        The SQLite file that a sweep wrote.
    out_dir : path
        The folder for ``report.html``, ``summary.json``, ``figures/`` (SVG and PNG), ``tables/`` (CSV and Markdown)
        and, of images, ``galleries/`` (HTML). It is made when it is missing; those of an older report are replaced
        whole, and other files in it stay.

    Raises
    ------
    ResultsError
        If there is no results file, it is damaged, or no run has ended yet.
    DataError
        If the folder cannot be written, or has things of these names that are no report's.

    Examples
    --------
    >>> write_report("no-such.sqlite", "report")
    Traceback (most recent call last):
    ...
    dross.errors.ResultsError: there is no results file no-such.sqlite: run the sweep first, or check the path
    """
    _check_place(Path(out_dir))
    return write_summary(summarize(results_path), out_dir)


def write_summary(summary: Mapping[str, Any], out_dir: str | os.PathLike[str]) -> Path:
    """Write the report of a summary that ``summarize`` returned, and return the path of its HTML file.

    Parameters
    ----------
    summary : mapping
        What ``summarize`` returned.
    out_dir : path
        As in `write_report`.
    """
    folder = Path(out_dir)
    _check_place(folder)
    drawings = draw_all(summary)
    page = render_html(summary, drawings)
    write_text(folder / PARTS[0], json.dumps(summary, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    with atomic_path(folder / "figures") as figures:
        figures.mkdir()
        for drawing in drawings:
            (figures / f"{drawing.name}.svg").write_text(drawing.svg, encoding="utf-8", newline="\n")
            (figures / f"{drawing.name}.png").write_bytes(drawing.png)
    with atomic_path(folder / "tables") as tables:
        tables.mkdir()
        for name, text in report_tables(summary).items():
            (tables / name).write_text(text, encoding="utf-8", newline="\n")
    if summary["galleries"]:
        _write_galleries(summary, folder / "galleries")
    # Last, so that a page is never there without its figures.
    write_text(folder / "report.html", page)
    return folder / "report.html"


def _check_place(folder: Path) -> None:
    found = [name for name in PARTS if (folder / name).exists()]
    if found and PARTS[0] not in found:
        raise DataError(
            f"{folder} has {listed(found)} already, which no report of Dross wrote, and which would be replaced: give "
            "another folder"
        )


def _write_galleries(summary: Mapping[str, Any], folder: Path) -> None:
    with atomic_path(folder) as galleries:
        galleries.mkdir()
        for row in summary["galleries"]:
            page = render_gallery(row["record"], gallery_title(row))
            (galleries / f"{row['name']}.html").write_text(page, encoding="utf-8", newline="\n")
