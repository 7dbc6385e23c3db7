"""The main table of a report: blind, refined and oracle side by side, with gain and recovery, one row a comparison."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dross.report.averages import percent
from dross.report.metric_words import MetricWords, metric_words

_TRAININGS = ("blind", "refined", "oracle")
_ABOUT_REFINEMENT = ("recovery", "dropped_contaminants", "lost_normals")


def comparison_columns(summary: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    """Return (identifier, heading, whether numeric) of each column."""
    with_variant = any(row["variant"] for row in summary["means"])
    columns = [("dataset", "Data set", False), ("detector", "Detector", False)]
    columns += [("variant", "Variant", False)] if with_variant else []
    columns += [("contamination", "Contamination", False), ("metric", "Metric", False)]
    columns += [(name, name.capitalize(), True) for name in _TRAININGS] + [("gain", "Gain, points", True)]
    labels = {
        "recovery": "Recovery of AUROC",
        "dropped_contaminants": "Contaminants dropped",
        "lost_normals": "Normals lost",
    }
    return columns + [(name, labels[name], True) for name in _ABOUT_REFINEMENT]


def comparison_rows(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows: ``names`` (the texts of the first columns) and ``cells`` (text, interval, verdict, reason).

    The metric of the headline comes first. A row stands for one data set, detector, variant, contamination and metric;
    of images, the mean over classes comes before the classes.
    """
    shown = [*summary["over_classes"], *summary["means"]]
    means = {_key(row, row["training"], row["metric"]): row for row in shown}
    gains = {_key(row, "refined", row["metric"]): row for row in (*summary["class_gains"], *summary["gains"])}
    with_variant = any(row["variant"] for row in summary["means"])
    found = {metric["key"] for metric in summary["metrics"]}
    first = summary["headline_metric"]
    metrics = [metric for metric in (first, *(key for key in summary["compared"] if key != first)) if metric in found]
    places = dict.fromkeys(_key(row, "", "") for row in shown)
    return [_row(place, metric, means, gains, with_variant) for metric in metrics for place in places]


_Key = tuple[str, str, str, float, str, str]


def _key(row: Mapping[str, Any], training: str, metric: str) -> _Key:
    return row["dataset"], row["detector"], row["variant"], row["contamination"], training, metric


def _row(
    place: _Key, metric: str, means: Mapping[_Key, Any], gains: Mapping[_Key, Any], with_variant: bool
) -> dict[str, Any]:
    dataset, detector, variant, ratio = place[:4]
    words = metric_words(metric)
    keys = [dataset, detector, *([variant or "default"] if with_variant else []), percent(ratio), words.label]
    # A variant of the refinement alone stands beside the default blind and oracle runs, with which it is paired.
    default = (dataset, detector, "", ratio)
    cells = [
        _mean_cell(means.get((*place[:4], training, metric)) or means.get((*default, training, metric)), words)
        for training in _TRAININGS
    ]
    cells.append(_gain_cell(gains.get((*place[:4], "refined", metric)), words))
    for name in _ABOUT_REFINEMENT:
        cells.append(_mean_cell(means.get((*place[:4], "refined", name)), metric_words(name)))
    return {"names": keys, "cells": cells}


def _mean_cell(row: Mapping[str, Any] | None, words: MetricWords) -> dict[str, str]:
    if row is None:
        return _cell("–", reason="not run, or not measured by this run")
    if row["mean"] is None:
        return _cell("–", reason=row["reason"] or "no run gave it")
    between = "" if row["low"] is None else f"{words.shown(row['low'])} to {words.shown(row['high'])}"
    return _cell(words.shown(row["mean"]), between)


def _gain_cell(row: Mapping[str, Any] | None, words: MetricWords) -> dict[str, str]:
    if row is None:
        return _cell("–", reason="no refined and blind run of the same seed")
    between = "" if row["low"] is None else f"{words.shown_gain(row['low'])} to {words.shown_gain(row['high'])}"
    return _cell(words.shown_gain(row["gain"]), between, "" if row["verdict"] == "level" else row["verdict"])


def _cell(text: str, interval: str = "", verdict: str = "", reason: str = "") -> dict[str, str]:
    return {"text": text, "interval": interval, "verdict": verdict, "reason": reason}
