"""Parts of several sets in one folder: what is ranked pooled and within each set, and what calibration is worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from dross.evaluation.category_metrics import CLUSTERS, POOLING, WITHIN
from dross.evaluation.mixed_inspection import MIXED
from dross.report.findings import named
from dross.report.metric_words import metric_words

#: What is shown of each method, in this order, before the categories.
_POOLED: Final = ("auroc", WITHIN, POOLING)
#: In the variant of what has no common scale.
_NO_SCALE: Final = "calibration=none"
_OF_CATEGORY: Final = f"{MIXED}: "


def mixed_rows(means: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a row for each method on mixed parts, the highest pooled AUROC first.

    Parameters
    ----------
    means : iterable of mapping
        Rows of the summary as a report shows them.

    Returns
    -------
    list of dict
        ``detector``, ``training``, ``variant``, ``contamination``, ``pooled`` and ``clusters`` (by metric ``mean``,
        ``low`` and ``high``) and ``within`` (the AUROC by category). Empty without mixed parts.
    """
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in means:
        if row["protocol"] != "mixed-inspection":
            continue
        place = ("detector", "training", "variant", "contamination")
        method = rows.setdefault(
            tuple(row[key] for key in place),
            {**{key: row[key] for key in place}, "pooled": {}, "clusters": {}, "within": {}},
        )
        value = {key: row[key] for key in ("mean", "low", "high")}
        if row["dataset"].startswith(_OF_CATEGORY):
            method["within"][row["dataset"].removeprefix(_OF_CATEGORY)] = value
        elif row["metric"] in _POOLED:
            method["pooled"][row["metric"]] = value
        elif row["metric"] in CLUSTERS:
            method["clusters"][row["metric"]] = value
    whole = [row for row in rows.values() if row["pooled"].get("auroc", {}).get("mean") is not None]
    return sorted(whole, key=lambda row: -row["pooled"]["auroc"]["mean"])


def mixed_view(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the table as it is printed: ``columns``, and ``rows`` with a ``name`` and cells of text and interval."""
    categories = list(dict.fromkeys(name for row in rows for name in row["within"]))
    keys = [key for key in (*_POOLED, *CLUSTERS) if any(key in {**row["pooled"], **row["clusters"]} for row in rows)]
    pooled, clusters = [key for key in keys if key in _POOLED], [key for key in keys if key in CLUSTERS]
    return {
        "columns": [_heading(key) for key in pooled] + categories + [metric_words(key).label for key in clusters],
        "rows": [
            {
                "name": named(row),
                "cells": [
                    *(_cell(key, row["pooled"].get(key)) for key in pooled),
                    *(_cell("auroc", row["within"].get(name)) for name in categories),
                    *(_cell(key, row["clusters"].get(key)) for key in clusters),
                ],
            }
            for row in rows
        ],
    }


def mixed_headline(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the verdict: pooled beside within, what each scale is worth, and whether the categories were found.

    Parameters
    ----------
    rows : sequence of mapping
        What `mixed_rows` returned.
    """
    sentences, figures = [], []
    for row in rows:
        if _is_scale_of_another(row, rows):
            continue  # told beside what it is a variant of
        pooled = row["pooled"]
        told = f"{named(row)}: pooled AUROC {_told('auroc', pooled['auroc'])}"
        if pooled.get(WITHIN, {}).get("mean") is not None:
            told += f", mean within categories {_told(WITHIN, pooled[WITHIN])}"
            told += f": pooling changes it by {_told(POOLING, pooled[POOLING])} points"
        sentences.append(f"{told}.")
        figures.append(_figure(row))
        sentences += _scales(row, rows) + _found(row)
    return {"sentences": sentences, "figures": figures[:4]}


def _is_scale_of_another(row: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether a row is of the same fits as the default among others, brought to another scale."""
    alike = ("detector", "training", "contamination")
    return row["variant"].startswith("calibration=") and any(
        not other["variant"] and all(other[key] == row[key] for key in alike) for other in rows
    )


def _scales(row: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what other scales of the same fits come to, no scale first."""
    same = [other for other in rows if _is_scale_of_another(other, [row])]
    words, own = metric_words("auroc"), row["pooled"]["auroc"]["mean"]
    sentences = []
    for other in sorted(same, key=lambda other: other["variant"] != _NO_SCALE):
        value = other["pooled"]["auroc"]
        if other["variant"] == _NO_SCALE:
            sentences.append(
                f"Without calibration the same fits come to {_told('auroc', value)}: calibration is worth "
                f"{words.shown_gain(own - value['mean'])} points."
            )
        else:
            sentences.append(f"On the scale {other['variant'].split('=')[1]} it is {_told('auroc', value)}.")
    return sentences


def _found(row: Mapping[str, Any]) -> list[str]:
    clusters = row["clusters"]
    if not all(name in clusters and clusters[name]["mean"] is not None for name in CLUSTERS):
        return []
    training, test, number = (metric_words(name).shown(clusters[name]["mean"]) for name in CLUSTERS)
    return [
        f"It found {number} clusters on average, where there are {len(row['within'])} categories; adjusted Rand index "
        f"{training} in training, {test} of test images."
    ]


def _heading(key: str) -> str:
    return {"auroc": "AUROC, pooled", WITHIN: "Mean within", POOLING: "Pooled − within"}[key]


def _cell(key: str, value: Mapping[str, Any] | None) -> dict[str, str]:
    if value is None:
        return {"text": "–", "interval": ""}
    return {"text": _shown(key, value["mean"]), "interval": _between(key, value)}


def _shown(key: str, value: float | None) -> str:
    words = metric_words(key)
    return words.shown_gain(value) if key == POOLING else words.shown(value)


def _between(key: str, value: Mapping[str, Any]) -> str:
    return "" if value["low"] is None else f"{_shown(key, value['low'])} to {_shown(key, value['high'])}"


def _told(key: str, value: Mapping[str, Any]) -> str:
    between = _between(key, value)
    return _shown(key, value["mean"]) + (f" ({between})" if between else "")


def _figure(row: Mapping[str, Any]) -> dict[str, str]:
    value = row["pooled"]["auroc"]
    label, between = "AUROC, all parts pooled", _between("auroc", value)
    shown = _shown("auroc", value["mean"])
    return {"value": shown, "label": label, "detector": named(row), "interval": between, "verdict": "level"}
