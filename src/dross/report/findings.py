"""What a sweep found, in numbers and sentences: the headline, the pooled gains and every loss.

Nothing here is written by hand for one result: a sentence is made from the numbers, whichever way they point.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from dross.report.averages import interval, percent, verdict
from dross.report.metric_words import metric_words

#: From this many data sets on, a mean over data sets gets its interval from them; below, from the seeds of each.
_POOLED_FROM = 3

#: Up to this many detectors are each given a sentence of the verdict.
_MOST_TOLD = 3


def pooled_gains(
    gains: Iterable[dict[str, Any]],
    metric: str,
    left_out: Iterable[Mapping[str, Any]] = (),
    class_gains: Iterable[Mapping[str, Any]] = (),
) -> list[dict[str, Any]]:
    """Return the mean gain over data sets, or over the classes of images, for each detector, variant and contamination.

    With three data sets or more the interval is a bootstrap over data sets: how far the mean would move had other
    tables been chosen. With one data set it is the interval over seeds, with two none is given. Over the classes of one
    image data set, mean and interval are those over all classes and seeds.

    Parameters
    ----------
    gains : iterable of dict
        What ``gain_rows`` returned.
    metric : str
        Which metric.
    left_out : iterable of mapping
        ``dataset`` and ``detector`` (``None`` = every detector) of what does not count.
    class_gains : iterable of mapping
        What ``class_gain_rows`` returned; empty for tables.
    """
    skipped = {(entry["dataset"], entry["detector"]) for entry in left_out}
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in gains:
        counts = not skipped & {(row["dataset"], None), (row["dataset"], row["detector"])}
        if row["metric"] == metric and counts:
            groups[row["detector"], row["variant"], row["level"]].append(row)
    over_classes: dict[tuple[str, str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for found in class_gains:
        if found["metric"] == metric:
            over_classes[found["detector"], found["variant"], found["level"]].append(found)
    return [{**_pooled(key, metric, rows), **_over_classes(over_classes[key])} for key, rows in groups.items()]


def _over_classes(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what the gain over all classes and seeds of one image data set puts in place of a mean over data sets."""
    if len(rows) != 1:
        return {"unit": "classes" if rows else "data sets"}
    return {"unit": "classes", **{key: rows[0][key] for key in ("blind", "refined", "gain", "low", "high", "verdict")}}


def _pooled(key: tuple[str, str, str], metric: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    low: float | None = None
    high: float | None = None
    if len(rows) == 1:
        low, high = rows[0]["low"], rows[0]["high"]
    elif len(rows) >= _POOLED_FROM:
        low, high = interval([row["gain"] for row in rows])
    verdicts = [row["verdict"] for row in rows]
    return {
        "detector": key[0],
        "variant": key[1],
        "level": key[2],
        "contamination": round(float(np.mean([row["contamination"] for row in rows])), 6),
        "metric": metric,
        "blind": float(np.mean([row["blind"] for row in rows])),
        "refined": float(np.mean([row["refined"] for row in rows])),
        "gain": float(np.mean([row["gain"] for row in rows])),
        "low": low,
        "high": high,
        "verdict": verdict(low, high),
        "n_datasets": len(rows),
        "n_gains": verdicts.count("gain"),
        "n_losses": verdicts.count("loss"),
        "n_level": verdicts.count("level"),
    }


def losses(gains: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return every comparison whose whole interval is below zero, the worst first."""
    found = [row for row in gains if row["verdict"] == "loss"]
    return sorted(found, key=lambda row: (row["gain"], row["dataset"], row["detector"]))


def hardest(means: Iterable[dict[str, Any]], metric: str, most: int = 5) -> list[dict[str, Any]]:
    """Return where refined stays furthest below oracle at the highest contamination, the widest gap first."""
    default = [row for row in means if row["metric"] == metric and not row["variant"] and row["mean"] is not None]
    highest: dict[str, float] = {}
    for row in default:
        highest[row["dataset"]] = max(row["contamination"], highest.get(row["dataset"], 0.0))
    pairs: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for row in default:
        if row["contamination"] == highest[row["dataset"]]:
            pairs[row["dataset"], row["detector"]][row["training"]] = row["mean"]
    gaps: list[dict[str, Any]] = [
        {
            "dataset": dataset,
            "detector": detector,
            "variant": "",
            "contamination": highest[dataset],
            "metric": metric,
            "refined": pair["refined"],
            "oracle": pair["oracle"],
            "gap": pair["oracle"] - pair["refined"],
        }
        for (dataset, detector), pair in pairs.items()
        if {"refined", "oracle"} <= pair.keys() and pair["oracle"] > pair["refined"]
    ]
    return sorted(gaps, key=lambda row: -row["gap"])[:most]


def headline(
    pooled: Sequence[dict[str, Any]], lost: Sequence[dict[str, Any]], recovered: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """Return the verdict: the sentences, and the figures to print large.

    Parameters
    ----------
    pooled : sequence of dict
        What `pooled_gains` returned, on the metric of the headline.
    lost : sequence of dict
        What `losses` returned, on the same metric.
    recovered : sequence of dict
        The means of the recovery.
    """
    default = [row for row in pooled if not row["variant"]] or list(pooled)
    if not default:
        return {
            "sentences": ["No refined run has a blind run beside it, so there is no gain to report."],
            "figures": [],
        }
    dirtiest = max(default, key=lambda row: row["contamination"])["level"]
    cleanest = min(default, key=lambda row: row["contamination"])["level"]
    top = sorted((row for row in default if row["level"] == dirtiest), key=lambda row: -row["gain"])
    # With many detectors the best and the worst are told, and the table below tells the others.
    told = top if len(top) <= _MOST_TOLD else [top[0], top[-1]]
    sentences = [f"{_gain_sentence(row)}{_recovery_sentence(row, recovered)}" for row in told]
    if cleanest != dirtiest:
        sentences.append(_price_sentence([row for row in default if row["level"] == cleanest]))
    sentences.append(_loss_sentence(lost, default))
    return {"sentences": sentences, "figures": _figures(top, default, cleanest, lost)}


def named(row: Mapping[str, Any]) -> str:
    """Return the detector with its variant in brackets, as the report prints it.

    Examples
    --------
    >>> named({"detector": "knn", "variant": "rejection=0.1"}), named({"detector": "knn", "variant": ""})
    ('knn (rejection=0.1)', 'knn')
    """
    return f"{row['detector']} ({row['variant']})" if row["variant"] else str(row["detector"])


def _bracket(row: dict[str, Any]) -> str:
    if row["low"] is None:
        return "no interval: too few runs"
    words = metric_words(row["metric"])
    return f"95 % interval {words.shown_gain(row['low'])} to {words.shown_gain(row['high'])}"


def _over(row: dict[str, Any]) -> str:
    return f" over {row['n_datasets']} {row['unit']}" if row["n_datasets"] > 1 else ""


def _gain_sentence(row: dict[str, Any]) -> str:
    words = metric_words(row["metric"])
    # Without an interval nobody knows how large the noise is.
    level = "moved" if row["low"] is None else "moved, within the noise,"
    verb = {"gain": "raised", "loss": "lowered", "level": level}[row["verdict"]]
    return (
        f"At {row['level']} contamination, refinement {verb} the mean {words.label} of {named(row)}"
        f"{_over(row)} from {words.shown(row['blind'])} to {words.shown(row['refined'])}: "
        f"{words.shown_gain(row['gain'])} points ({_bracket(row)})."
    )


def _recovery_sentence(row: dict[str, Any], recovered: Sequence[dict[str, Any]]) -> str:
    for mean in recovered:
        same = mean["detector"] == row["detector"] and mean["variant"] == row["variant"]
        if same and mean["mean"] is not None and mean["contamination"] == row["contamination"]:
            if mean["mean"] >= 1:
                return f" It won back all of the AUROC that contamination had cost (recovery {mean['mean']:.2f})."
            if mean["mean"] <= 0:
                return " It won back none of the AUROC that contamination had cost."
            return f" It won back {100 * mean['mean']:.0f} % of the AUROC that contamination had cost."
    return ""


def _price_sentence(rows: Sequence[dict[str, Any]]) -> str:
    words = metric_words(rows[0]["metric"])
    ratio = rows[0]["contamination"]
    parts = [f"{named(row)} {words.shown_gain(row['gain'])}" for row in sorted(rows, key=lambda row: row["gain"])]
    state = "With nothing to remove (0 %)" if ratio == 0 else f"At the lowest contamination, {percent(ratio)}"
    if len(parts) > _MOST_TOLD:
        parts = [parts[0], "…", parts[-1]]
    return f"{state}, refinement changed {words.label} by: {', '.join(parts)} points."


def _loss_sentence(lost: Sequence[dict[str, Any]], default: Sequence[dict[str, Any]]) -> str:
    compared = sum(row["n_datasets"] for row in default)
    mine = [row for row in lost if not row["variant"]] or list(lost)
    if not mine:
        return f"In none of the {compared} comparisons did refinement lose by more than the noise of the seeds."
    worst = mine[0]
    words = metric_words(worst["metric"])
    return (
        f"In {len(mine)} of {compared} comparisons refinement lost by more than the noise of the seeds; the worst is "
        f"{named(worst)} on {worst['dataset']} at {percent(worst['contamination'])}: "
        f"{words.shown_gain(worst['gain'])} points ({_bracket(worst)})."
    )


def _figures(
    top: Sequence[dict[str, Any]], default: Sequence[dict[str, Any]], cleanest: str, lost: Sequence[dict[str, Any]]
) -> list[dict[str, str]]:
    words = metric_words(top[0]["metric"])
    best = top[0]
    figures = [_figure(best, f"{words.label} gained at {best['level']} contamination")]
    price = [row for row in default if row["level"] == cleanest and row["detector"] == best["detector"]]
    if price and cleanest != best["level"]:
        figures.append(_figure(price[0], f"change at {cleanest}"))
    if lost:
        worst = dict(lost[0], n_datasets=1)
        figures.append(_figure(worst, f"worst loss: {worst['dataset']} at {percent(worst['contamination'])}"))
    return figures


def _figure(row: dict[str, Any], label: str) -> dict[str, str]:
    words = metric_words(row["metric"])
    interval_text = "" if row["low"] is None else f"{words.shown_gain(row['low'])} to {words.shown_gain(row['high'])}"
    return {
        "value": words.shown_gain(row["gain"]),
        "label": label,
        "detector": named(row),
        "interval": interval_text,
        "verdict": row["verdict"],
    }
