"""The main table of a report: blind, refined and oracle side by side, with gain and recovery, one row a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dross.report.averages import percent
from dross.report.metric_words import MetricWords, metric_words

_TRAININGS = ("blind", "refined", "oracle")
_ABOUT_REFINEMENT = ("recovery", "dropped_contaminants", "lost_normals")
_LABELS = {
    "recovery": "Recovery of AUROC",
    "dropped_contaminants": "Contaminants dropped",
    "lost_normals": "Normals lost",
}
_MEAN_ERRORS = ("mean_error_normal", "mean_error_anomaly")


def comparison_columns(summary: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    """Return (identifier, heading, whether numeric) of each column."""
    with_variant = any(row["variant"] for row in summary["means"])
    columns = [("dataset", "Data set", False), ("detector", "Detector", False)]
    columns += [("variant", "Variant", False)] if with_variant else []
    columns += [] if summary["with_labels"] else [("contamination", "Contamination", False)]
    columns += [("metric", "Metric", False)]
    alone = _trainings(summary) == ["blind"]
    columns += [(name, "Mean" if alone else name.capitalize(), True) for name in _trainings(summary)]
    if "refined" in _trainings(summary):
        columns += [("gain", "Gain, points", True), *((name, _LABELS[name], True) for name in _ABOUT_REFINEMENT)]
    return columns + [(name, metric_words(name).label, True) for name in _errors(summary)]


def _trainings(summary: Mapping[str, Any]) -> list[str]:
    """Return the ways of training that were run; all three where one is to be compared with another."""
    found = {training["name"] for training in summary["trainings"]}
    return [name for name in _TRAININGS if name in found or "refined" in found]


def _errors(summary: Mapping[str, Any]) -> list[str]:
    found = {metric["key"] for metric in summary["metrics"]}
    return [name for name in _MEAN_ERRORS if name in found]


def comparison_rows(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows: ``names`` (the texts of the first columns) and ``cells`` (text, interval, verdict, reason).

    The metric of the headline comes first. A row stands for one data set, detector, variant, contamination and metric;
    of images, the mean over classes comes before the classes.
    """
    shown = [*summary["over_classes"], *summary["means"]]
    means = {_key(row, row["training"], row["metric"]): row for row in shown}
    gains = {_key(row, "refined", row["metric"]): row for row in (*summary["class_gains"], *summary["gains"])}
    columns = comparison_columns(summary)
    found = {metric["key"] for metric in summary["metrics"]}
    first = summary["headline_metric"]
    metrics = [metric for metric in (first, *(key for key in summary["compared"] if key != first)) if metric in found]
    places = dict.fromkeys(_key(row, "", "") for row in shown)
    return [_row(place, metric, means, gains, columns) for metric in metrics for place in places]


_Key = tuple[str, str, str, float, str, str]


def _key(row: Mapping[str, Any], training: str, metric: str) -> _Key:
    return row["dataset"], row["detector"], row["variant"], row["contamination"], training, metric


def _row(
    place: _Key,
    metric: str,
    means: Mapping[_Key, Any],
    gains: Mapping[_Key, Any],
    columns: Sequence[tuple[str, str, bool]],
) -> dict[str, Any]:
    dataset, detector, variant, ratio = place[:4]
    words = metric_words(metric)
    names = {
        "dataset": dataset,
        "detector": detector,
        "variant": variant or "default",
        "contamination": percent(ratio),
        "metric": words.label,
    }
    # A variant of the refinement alone stands beside the default blind and oracle runs, with which it is paired.
    default = (dataset, detector, "", ratio)

    def cell(column: str) -> dict[str, str]:
        if column in _TRAININGS:
            mean = means.get((*place[:4], column, metric)) or means.get((*default, column, metric))
            return _mean_cell(mean, words)
        if column == "gain":
            return _gain_cell(gains.get((*place[:4], "refined", metric)), words)
        trainings = ("refined",) if column in _ABOUT_REFINEMENT else ("refined", "blind")
        found = [row for training in trainings if (row := means.get((*place[:4], training, column)))]
        return _mean_cell(found[0] if found else None, metric_words(column))

    return {
        "names": [names[column] for column, _, numeric in columns if not numeric],
        "cells": [cell(column) for column, _, numeric in columns if numeric],
    }


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
