"""All detectors of a sweep in one table, best first, where none was refined and so nothing is gained or lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from dross.evaluation.results import RunRow
from dross.report.averages import interval, percent, verdict
from dross.report.findings import named
from dross.report.metric_words import metric_words
from dross.report.runs import by_cell

#: What a detector of images must be better than to be worth its training: they learn little or nothing.
BASELINES = ("constant-image", "mean-image", "pixel-knn", "pixel-pca")

#: Columns of the table beside AUROC, those of them that any run has.
_DECIDED = ("accuracy", "balanced_accuracy", "precision", "recall", "f1")
_BESIDE = (*_DECIDED, "auroc_unseen", "pixel_auroc", "aupro", "mean_error_normal", "mean_error_anomaly", "seconds")

_Name = tuple[str, str, str]  # detector, training, variant


def ranking_rows(pooled: Iterable[Mapping[str, Any]], runs: Sequence[RunRow]) -> list[dict[str, Any]]:
    """Return a row for each detector, training and variant at the highest contamination of each data set, best first.

    Parameters
    ----------
    pooled : iterable of mapping
        Rows of the summary: means over the classes of images, or of each table.
    runs : sequence of RunRow
        As a report shows them, for what is no mean: the number of parameters, and whether labels were given.

    Returns
    -------
    list of dict
        Empty where anything was refined, or only one detector was run.
    """
    done = [run for run in runs if run.status == "done"]
    if any(run.key.training == "refined" for run in done):
        return []
    cells: dict[tuple[str, float, _Name], dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for row in pooled:
        if row["mean"] is not None:
            cells[row["dataset"], row["contamination"], _name(row)][row["metric"]] = row
    highest: dict[str, float] = {}
    for dataset, ratio, _ in cells:
        highest[dataset] = max(ratio, highest.get(dataset, 0.0))
    about = _about(done)
    rows = [
        _row(dataset, name, found, about.get(name, {}))
        for (dataset, ratio, name), found in cells.items()
        if ratio == highest[dataset] and "auroc" in found
    ]
    if len({_name(row) for row in rows}) < 2:
        return []
    order = list(highest)
    return sorted(rows, key=lambda row: (order.index(row["dataset"]), -row["auroc"]["mean"]))


def _name(row: Mapping[str, Any]) -> _Name:
    return row["detector"], row["training"], row["variant"]


def _about(runs: Iterable[RunRow]) -> dict[_Name, dict[str, Any]]:
    found: dict[_Name, dict[str, Any]] = defaultdict(dict)
    for run in runs:
        mine = found[run.key.detector, run.key.training, run.key.variant]
        mine.update((key, run.details[key]) for key in ("told_labels", "n_parameters") if key in run.details)
    return found


def _row(dataset: str, name: _Name, found: Mapping[str, Mapping[str, Any]], about: Mapping[str, Any]) -> dict[str, Any]:
    numbers = {
        metric: {key: found[metric][key] for key in ("mean", "std", "low", "high", "n_seeds")}
        for metric in ("auroc", *_BESIDE)
        if metric in found
    }
    return {
        "dataset": dataset,
        "detector": name[0],
        "training": name[1],
        "variant": name[2],
        "baseline": name[0] in BASELINES,
        "told_labels": about.get("told_labels"),
        "n_parameters": about.get("n_parameters"),
        **numbers,
    }


def ranking_headline(ranking: Sequence[Mapping[str, Any]], runs: Sequence[RunRow]) -> dict[str, Any]:
    """Return the verdict of a ranking: the best detector, and by how much it is better than the strongest baseline.

    Parameters
    ----------
    ranking : sequence of mapping
        What `ranking_rows` returned.
    runs : sequence of RunRow
        As a report shows them, for the paired difference.
    """
    sentences, figures = [], []
    for dataset in dict.fromkeys(row["dataset"] for row in ranking):
        mine = [row for row in ranking if row["dataset"] == dataset]
        best = mine[0]
        sentences.append(
            f"The best of {len(mine)} on {dataset} is {named(best)}: AUROC {_with_interval(best['auroc'])}."
        )
        figures.append(_figure(best, f"AUROC, best of {len(mine)}: {dataset}"))
        detectors, baselines = ([row for row in mine if row["baseline"] is kind] for kind in (False, True))
        if detectors and baselines:
            difference = paired_difference(runs, detectors[0], baselines[0])
            sentences += [] if difference is None else [_against(detectors[0], baselines[0], difference)]
        if "auroc_unseen" in best:
            first = max((row for row in mine if "auroc_unseen" in row), key=lambda row: row["auroc_unseen"]["mean"])
            sentences.append(
                f"Against anomalies of classes never seen the best is {named(first)}: AUROC "
                f"{_with_interval(first['auroc_unseen'])}."
            )
    return {"sentences": sentences, "figures": figures}


def paired_difference(
    runs: Iterable[RunRow], one: Mapping[str, Any], other: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return the mean difference of AUROC between two detectors over the classes and seeds that both have.

    Returns
    -------
    dict or None
        ``mean``, ``low``, ``high`` (95 % bootstrap), ``n`` and ``verdict``; ``None`` where they share no run.
    """
    values: dict[_Name, dict[tuple[str, float, int], float]] = defaultdict(dict)
    for cell, found in by_cell(runs).items():
        for run in found:
            value = run.metrics.get("auroc")
            if value is not None:
                values[cell.detector, cell.training, cell.variant][cell.dataset, cell.contamination, run.key.seed] = (
                    value
                )
    first, second = values[_name(one)], values[_name(other)]
    highest = max((ratio for _, ratio, _ in first), default=0.0)
    shared = [place for place in first if place in second and place[1] == highest]
    if not shared:
        return None
    differences = [first[place] - second[place] for place in shared]
    low, high = interval(differences)
    return {
        "mean": float(np.mean(differences)),
        "low": low,
        "high": high,
        "n": len(shared),
        "verdict": verdict(low, high),
    }


def _against(one: Mapping[str, Any], other: Mapping[str, Any], difference: Mapping[str, Any]) -> str:
    words = metric_words("auroc")
    where = {"gain": "above", "loss": "below", "level": "within the noise of"}[difference["verdict"]]
    between = (
        "no interval: too few runs"
        if difference["low"] is None
        else f"95 % interval {words.shown_gain(difference['low'])} to {words.shown_gain(difference['high'])}"
    )
    return (
        f"{named(one)} is {where} the strongest baseline, {named(other)}: {words.shown_gain(difference['mean'])} "
        f"points of AUROC, paired over {difference['n']} runs ({between})."
    )


def _with_interval(value: Mapping[str, Any]) -> str:
    words = metric_words("auroc")
    if value["low"] is None:
        return words.shown(value["mean"])
    return f"{words.shown(value['mean'])} (95 % interval {words.shown(value['low'])} to {words.shown(value['high'])})"


def _figure(row: Mapping[str, Any], label: str) -> dict[str, str]:
    words, value = metric_words("auroc"), row["auroc"]
    between = "" if value["low"] is None else f"{words.shown(value['low'])} to {words.shown(value['high'])}"
    shown = words.shown(value["mean"])
    return {"value": shown, "label": label, "detector": named(row), "interval": between, "verdict": "level"}


def ranking_columns(ranking: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, bool]]:
    """Return (identifier, heading, whether numeric) of each column of the table, leaving out what no row has."""
    several = len({row["dataset"] for row in ranking}) > 1
    columns = [("dataset", "Data set", False)] if several else []
    columns += [("detector", "Detector", False)]
    columns += [("labels", "Labels", False)] if any(row["told_labels"] is not None for row in ranking) else []
    columns += [
        (metric, metric_words(metric).short, True)
        for metric in ("auroc", *_BESIDE)
        if any(metric in row for row in ranking)
    ]
    return columns + (
        [("n_parameters", "Parameters", True)] if any(row["n_parameters"] is not None for row in ranking) else []
    )


def ranking_cells(row: Mapping[str, Any], columns: Iterable[tuple[str, str, bool]]) -> list[dict[str, str]]:
    """Return the cells of one row: ``text`` and ``interval``."""
    cells = []
    for name, _, _ in columns:
        text, between = "–", ""
        if name == "dataset":
            text = row["dataset"]
        elif name == "detector":
            text = named(row) + (", oracle" if row["training"] == "oracle" else "")
        elif name == "labels":
            text = "given" if row["told_labels"] else "none"
        elif name == "n_parameters":
            text = "–" if row[name] is None else f"{row[name]:,}"
        elif name in row:
            words, value = metric_words(name), row[name]
            text = words.shown(value["mean"])
            between = "" if value["low"] is None else f"{words.shown(value['low'])} to {words.shown(value['high'])}"
        cells.append({"text": text, "interval": between})
    return cells


def finding_rows(runs: Iterable[RunRow]) -> list[dict[str, Any]]:
    """Return what detectors found wrong with their own training, each sentence once for each detector, with places."""
    rows: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for run in runs:
        key = run.key
        for finding in run.details.get("findings", ()):
            place = f"{key.dataset}, {percent(key.contamination)}, seed {key.seed}"
            rows[key.detector, key.variant, str(finding)].append(place)
    return [
        {"detector": detector, "variant": variant, "finding": finding, "n_runs": len(places), "where": places}
        for (detector, variant, finding), places in rows.items()
    ]
