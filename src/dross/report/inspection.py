"""Sets of inspected parts side by side: AUROC of each and their mean, where defects are, and times, in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dross.evaluation.results import RunRow
from dross.report.averages import percent
from dross.report.findings import named
from dross.report.inspection_means import Estimate, Method, RunsOf, difference, inspected, over_sets
from dross.report.metric_words import metric_words
from dross.report.ranking import BASELINES

#: What is measured in the maps, beside the AUROC of images.
LOCALISED = ("pixel_auroc", "aupro")


def inspection_rows(runs: Sequence[RunRow]) -> dict[str, Any]:
    """Return the table of a sweep of inspection, and how its best detector compares with the strongest baseline.

    Parameters
    ----------
    runs : sequence of RunRow
        As a report shows them.

    Returns
    -------
    dict
        Empty without runs of inspection. Else ``sets`` (names, in order), ``contamination`` (the lowest of the sweep,
        of which the table is), ``table`` (a row a method: ``detector``, ``training``, ``variant``, ``baseline``, its
        ``mean`` AUROC over the sets, ``pixel_auroc`` and ``aupro`` likewise, ``by_set``, ``fit_seconds`` a run,
        ``score_seconds`` an image and ``seconds`` a run; best first), and ``lead``: the best method that is no
        baseline, minus the strongest baseline.
    """
    found = inspected(runs)
    if not found:
        return {}
    sets = list(dict.fromkeys(name for by_set in found.values() for name in by_set))
    lowest = min(method[3] for method in found)
    shown = {method: by_set for method, by_set in found.items() if method[3] == lowest and method[1] != "oracle"}
    means = {method: over_sets(by_set, sets) for method, by_set in shown.items()}
    table = [_row(method, by_set, means[method]) for method, by_set in shown.items()]
    table.sort(key=lambda row: -1.0 if row["mean"] is None else row["mean"]["mean"], reverse=True)
    return {"sets": sets, "contamination": lowest, "table": table, "lead": _lead(table, shown, means, sets)}


def _row(method: Method, by_set: Mapping[str, Sequence[RunRow]], mean: Estimate | None) -> dict[str, Any]:
    of_sets = {name: _of_set(runs, name) for name, runs in by_set.items()}
    row: dict[str, Any] = {
        "detector": method[0],
        "training": method[1],
        "variant": method[2],
        "baseline": method[0] in BASELINES,
        "mean": None if mean is None else mean.row(),
        "by_set": of_sets,
    }
    for key in (*LOCALISED, "fit_seconds", "score_seconds", "seconds"):
        values = [values[key] for values in of_sets.values() if values[key] is not None]
        row[key] = float(np.mean(values)) if len(values) == len(of_sets) else None
    return row


def _of_set(runs: Sequence[RunRow], name: str) -> dict[str, Any]:
    """Return what the runs of a method on one set come to, each a mean over seeds."""
    estimate = over_sets({name: list(runs)}, [name])
    measured = {key: [run.metrics.get(key) for run in runs] for key in (*LOCALISED, "f1", "f1_oracle")}
    times = [_times(run) for run in runs]
    return {
        "auroc": None if estimate is None else estimate.row(),
        **{key: _mean(values) for key, values in measured.items()},
        "fit_seconds": _mean([fit for fit, _ in times]),
        "score_seconds": _mean([score for _, score in times]),
        "seconds": _mean([run.seconds for run in runs]),
        "n_test": int(runs[0].details["n_test"]),
        "n_test_anomalies": int(runs[0].details["n_test_anomalies"]),
    }


def _times(run: RunRow) -> tuple[float | None, float | None]:
    """Return the seconds of fitting, and of scoring an image; results of earlier versions tell them not apart."""
    fit = run.details.get("fit_seconds")
    return (None, None) if fit is None else (fit, (run.seconds - fit) / max(1, run.details["n_test"]))


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _lead(
    table: Sequence[Mapping[str, Any]], shown: RunsOf, means: Mapping[Method, Estimate | None], sets: Sequence[str]
) -> dict[str, Any] | None:
    """Return the difference between the best method that is no baseline and the strongest baseline."""
    ranked = {row["baseline"]: row for row in reversed(table) if row["mean"] is not None}
    if len(ranked) < 2:
        return None
    one, other = (
        next(method for method in shown if method[:3] == (row["detector"], row["training"], row["variant"]))
        for row in (ranked[False], ranked[True])
    )
    pairs = {"": (means[one], means[other])}
    pairs |= {name: (over_sets(shown[one], [name]), over_sets(shown[other], [name])) for name in sets}
    found = {name: difference(*pair) for name, pair in pairs.items() if pair[0] is not None and pair[1] is not None}  # type: ignore[arg-type]
    return {
        "method": method_name(ranked[False]),
        "baseline": method_name(ranked[True]),
        "difference": found.pop(""),
        "by_set": found,
    }


def method_name(row: Mapping[str, Any]) -> str:
    """Return what a method is called: its detector, its variant, and how it was trained if not blind.

    Examples
    --------
    >>> method_name({"detector": "padim", "variant": "", "training": "refined"})
    'padim, refined'
    """
    return named(row) + ("" if row["training"] == "blind" else f", {row['training']}")


def inspection_headline(inspection: Mapping[str, Any]) -> dict[str, Any]:
    """Return the verdict: the best method over all sets and on each, and how it compares with the strongest baseline.

    Parameters
    ----------
    inspection : mapping
        What `inspection_rows` returned, not empty.
    """
    ranked = [row for row in inspection["table"] if row["mean"] is not None]
    if not ranked:
        return {"sentences": ["No detector has an AUROC on every set."], "figures": []}
    best, sets, words = ranked[0], inspection["sets"], metric_words("auroc")
    over = f"over {len(sets)} sets" if len(sets) > 1 else f"on {sets[0]}"
    of = f"Of {len(ranked)} methods the best {over}" if len(ranked) > 1 else f"The one method {over}"
    kind = "mean AUROC" if len(sets) > 1 else "AUROC"
    sentences = [f"{of} is {method_name(best)}: {kind} {with_interval(best['mean'])}.", *_lead_sentences(inspection)]
    figures = [_card(best, best["mean"], f"{kind} {over}")]
    for name in sets if len(sets) > 1 else ():
        first = max(ranked, key=lambda row: row["by_set"][name]["auroc"]["mean"])
        figures.append(_card(first, first["by_set"][name]["auroc"], f"AUROC, best on {name}"))
    if best["pixel_auroc"] is not None:
        where = f"pixel AUROC {words.shown(best['pixel_auroc'])}"
        where += "" if best["aupro"] is None else f" and AUPRO {words.shown(best['aupro'])}"
        sentences.append(f"Where in an image the defect is, it says with {where}{' in the mean' * (len(sets) > 1)}.")
    return {"sentences": sentences, "figures": figures}


def _lead_sentences(inspection: Mapping[str, Any]) -> list[str]:
    lead = inspection["lead"]
    if lead is None:
        return []
    found = lead["difference"]
    one_of = "" if len(inspection["sets"]) == 1 else "mean "
    sentences = [
        f"{lead['method']} is {_standing(found)} the strongest baseline, {lead['baseline']}: "
        f"{gain_with_interval(found)} points of {one_of}AUROC."
    ]
    for name, each in lead["by_set"].items() if len(lead["by_set"]) > 1 else ():
        if _standing(each) != "above":
            sentences.append(f"On {name} it is {_standing(each)} that baseline: {gain_with_interval(each)} points.")
    return sentences


def _standing(found: Mapping[str, Any]) -> str:
    """Return where one mean stands beside another; without an interval, by the means alone."""
    if found["verdict"] == "level":
        return "within the noise of"
    return "above" if found["mean"] > 0 else "below" if found["mean"] < 0 else "level with"


def _card(row: Mapping[str, Any], value: Mapping[str, Any], label: str) -> dict[str, str]:
    words = metric_words("auroc")
    between = "" if value["low"] is None else f"{words.shown(value['low'])} to {words.shown(value['high'])}"
    return {
        "value": words.shown(value["mean"]),
        "label": label,
        "detector": method_name(row),
        "interval": between,
        "verdict": "level",
    }


def with_interval(value: Mapping[str, Any]) -> str:
    """Return a mean with its 95 % interval, in percent.

    Examples
    --------
    >>> with_interval({"mean": 0.9, "low": 0.85, "high": 0.95}), with_interval({"mean": 0.9, "low": None, "high": None})
    ('90.0 (95 % interval 85.0 to 95.0)', '90.0')
    """
    words = metric_words("auroc")
    if value["low"] is None:
        return words.shown(value["mean"])
    return f"{words.shown(value['mean'])} (95 % interval {words.shown(value['low'])} to {words.shown(value['high'])})"


def gain_with_interval(value: Mapping[str, Any]) -> str:
    """Return a difference with its 95 % interval, in points.

    Examples
    --------
    >>> gain_with_interval({"mean": -0.01, "low": -0.02, "high": 0.004})
    '−1.0 (95 % interval −2.0 to +0.4)'
    """
    words = metric_words("auroc")
    if value["low"] is None:
        return words.shown_gain(value["mean"])
    low, high = words.shown_gain(value["low"]), words.shown_gain(value["high"])
    return f"{words.shown_gain(value['mean'])} (95 % interval {low} to {high})"


def inspection_note(inspection: Mapping[str, Any]) -> str:
    """Return how to read the table."""
    timed = all(row["fit_seconds"] is not None for row in inspection["table"])
    times = (
        "Times are means over sets and seeds: seconds to fit, and milliseconds to score one image."
        if timed
        else "Seconds are of fitting and scoring one run: these results were stored before the two were told apart."
    )
    known = any(row["mean"] is not None and row["mean"]["low"] is not None for row in inspection["table"])
    unknown = "" if known else " There are no intervals, because the scores of single images were not stored."
    at = f" Contamination of the training set: {percent(inspection['contamination'])}."
    return (
        "All methods on the same split. AUROC in percent with its 95 % bootstrap interval over test images and seeds; "
        "below, of detectors with score maps and sets with masks, how well pixels are told apart."
        f"{unknown}{at} {times}"
    )
