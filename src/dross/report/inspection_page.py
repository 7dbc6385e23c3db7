"""What the templates print of a sweep of inspection: texts alone, all numbers already written out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dross.report.averages import percent
from dross.report.findings import named
from dross.report.inspection import inspection_note, method_name
from dross.report.located import best_strips, located_view
from dross.report.metric_words import metric_words

#: The ways of training in the table of the third question.
_TRAININGS = ("clean", "blind", "refined", "oracle")


def inspection_view(inspection: Mapping[str, Any]) -> dict[str, Any]:
    """Return the table of all methods: ``sets``, ``timed``, ``rows`` and the ``note`` below.

    Parameters
    ----------
    inspection : mapping
        What ``inspection_rows`` returned; of an empty one nothing is printed.
    """
    if not inspection:
        return {}
    timed = all(row["fit_seconds"] is not None for row in inspection["table"])
    return {
        "sets": inspection["sets"],
        "timed": timed,
        "rows": [_table_row(row, inspection["sets"], timed) for row in inspection["table"]],
        "note": inspection_note(inspection),
    }


def _table_row(row: Mapping[str, Any], sets: Sequence[str], timed: bool) -> dict[str, Any]:
    cells = [_score_cell(row["mean"], row)] if len(sets) > 1 else []
    for name in sets:
        found = row["by_set"].get(name)
        cells.append(_score_cell(None if found is None else found["auroc"], found or {}))
    if timed:
        times = [f"{row['fit_seconds']:,.2f}", f"{1000 * row['score_seconds']:,.1f}"]
    else:
        times = [f"{row['seconds']:,.2f}"]
    return {"name": method_name(row), "baseline": row["baseline"], "cells": cells, "times": times}


def _score_cell(value: Mapping[str, Any] | None, located: Mapping[str, Any]) -> dict[str, Any]:
    words = metric_words("auroc")
    pixels = [
        f"{name} {words.shown(located[key])}"
        for key, name in (("pixel_auroc", "pixel"), ("aupro", "PRO"))
        if located.get(key) is not None
    ]
    if value is None:
        return {"text": "–", "interval": "", "pixels": []}
    between = "" if value["low"] is None else f"{words.shown(value['low'])} to {words.shown(value['high'])}"
    return {"text": words.shown(value["mean"]), "interval": between, "pixels": pixels}


def questions_view(questions: Mapping[str, Any], located: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the answers to the three questions, with the strips of the best method.

    Parameters
    ----------
    questions : mapping
        What ``question_rows`` returned.
    located : sequence of mapping
        What ``located_rows`` returned.
    """
    if not questions:
        return {}
    strips = best_strips(located, questions["method"])
    dirty = [percent(row["contamination"]) for row in questions["supervision"]][:1]
    shown = [key for key in _TRAININGS if any(row[key] is not None for row in questions["supervision"])]
    return {
        **questions,
        "strips": strips,
        "no_strips": _no_strips(questions["method"], located),
        "trainings": ["Clean" if key == "clean" else f"{key.capitalize()}, {dirty[0]}" for key in shown],
        "supervision": [_supervision_row(row, shown) for row in questions["supervision"]],
    }


def _no_strips(method: Mapping[str, Any] | None, located: Sequence[Mapping[str, Any]]) -> str:
    """Return why nothing is to be seen of the best method."""
    if method is None:
        return ""
    others = list(dict.fromkeys(method_name(row) for row in located))
    seen = f" What {' and '.join(others)} found is shown below." if others else ""
    return f"No score maps of {method['name']} were kept: it makes none, or its runs kept no pictures.{seen}"


def _supervision_row(row: Mapping[str, Any], shown: Sequence[str]) -> dict[str, Any]:
    words = metric_words("auroc")
    cells = [_plain(_score_cell(row[key], {})) for key in shown]
    for change in (row["cost"], row["gain"]):
        if change is None:
            cells.append({"text": "–", "interval": "", "verdict": ""})
            continue
        between = (
            "" if change["low"] is None else f"{words.shown_gain(change['low'])} to {words.shown_gain(change['high'])}"
        )
        marked = change["verdict"] if change["verdict"] in ("gain", "loss") else ""
        cells.append({"text": words.shown_gain(change["mean"]), "interval": between, "verdict": marked})
    where = row["sets"][0] if len(row["sets"]) == 1 else f"mean over {len(row['sets'])} sets"
    return {"name": named(row), "where": where, "cells": cells}


def _plain(cell: Mapping[str, str]) -> dict[str, str]:
    return {"text": cell["text"], "interval": cell["interval"], "verdict": ""}


def located_views(rows: Iterable[Mapping[str, Any]], most: int) -> list[dict[str, Any]]:
    """Return what is printed of each row of strips; those that no longer fit are named alone.

    Parameters
    ----------
    rows : iterable of mapping
        What ``located_rows`` returned.
    most : int
        How many characters all strips may take.
    """
    printed, used = [], 0
    for row in rows:
        size = sum(len(image["strip"]) for panel in row["record"]["panels"] for image in panel["images"])
        fits = used + size <= most
        used += size if fits else 0
        printed.append({"view": located_view(row), "shown": fits, "size": size if fits else 0})
    return printed
