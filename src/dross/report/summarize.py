"""From the runs of a sweep to one plain dict, which everything else in this package renders.

The dict holds only JSON types, so that it can be stored, compared and tested without rendering anything.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from dross.catalog import CATALOG, REFINED_PREFIX
from dross.evaluation.protocols import LABELLED_PROTOCOLS
from dross.evaluation.results import RunRow
from dross.evaluation.summary import OVER_TABLES, left_out
from dross.report.averages import compared_metrics, gain_rows, level, mean_rows
from dross.report.class_curves import class_curve_rows
from dross.report.classes import OF_PARTS, by_class, class_gain_rows, image_datasets, mean_label, shown_row
from dross.report.decisions import calibration_rows, choice_rows, confusion_rows
from dross.report.difference_words import difference_headline
from dross.report.differences import difference_rows
from dross.report.few_labels import few_label_headline, few_label_rows
from dross.report.findings import hardest, headline, losses, pooled_gains
from dross.report.galleries import gallery_rows
from dross.report.inspection import inspection_headline, inspection_rows
from dross.report.inspection_questions import question_rows, supervision_headline
from dross.report.located import located_rows
from dross.report.metric_words import COMPARED, METRICS, metric_words
from dross.report.mixed import mixed_headline, mixed_rows
from dross.report.plot_stage_maps import stage_map_rows
from dross.report.protocol_words import TRAININGS, interval_words, protocol_words, setting_words
from dross.report.published_rows import published_missing, published_rows
from dross.report.ranking import finding_rows, ranking_headline, ranking_rows
from dross.report.reconstructions import reconstruction_rows
from dross.report.run_details import curve_rows, histogram_rows, round_rows
from dross.report.run_file_text import run_file_text
from dross.report.runs import SweepRuns, cell_of, read_runs

#: What a row of a report is on tables and on images, for one and for many.
UNITS = {False: ["data set", "data sets"], True: ["class", "classes"]}
PARTS = ["set of parts", "sets of parts"]

_FACTS = ("n_samples", "n_features", "n_anomalies", "source", "licence", "checksum")


def summarize(results_path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return everything that a report says about a sweep, as one plain dict.

    Use it to get at the numbers of a sweep from Python, or to render them in another way; to get the report itself use
    `write_report`.

    Parameters
    ----------
    results_path : path
        The SQLite file that a sweep wrote.

    Raises
    ------
    ResultsError
        If there is none, it is damaged, or no run has ended yet.
    """
    return summarize_runs(read_runs(results_path))


def summarize_runs(sweep: SweepRuns) -> dict[str, Any]:
    """Return everything that a report says about a sweep.

    Parameters
    ----------
    sweep : SweepRuns
        The runs as they were read from the results file.

    Returns
    -------
    dict
        JSON types only. The keys are the sections of the report.
    """
    shown = by_class(sweep)
    return {**_setting(shown), **_findings(shown, sweep.rows), **_inside(shown.rows)}


def _setting(sweep: SweepRuns) -> dict[str, Any]:
    """Return what was run, on what, and how to repeat it."""
    runs = sweep.rows
    configuration = dict(sweep.configuration)
    detectors = _in_order(run.key.detector for run in runs)
    protocols = _in_order(run.key.protocol for run in runs)
    return {
        "name": str(configuration.get("name", "sweep")),
        "title": str(configuration.get("title") or configuration.get("name") or "Sweep"),
        "counts": _counts(sweep),
        "datasets": _datasets(sweep),
        # What the rows of the report are: each class of an image data set stands for itself.
        "unit": PARTS if set(protocols) <= set(OF_PARTS) else UNITS[any("shape" in row for row in sweep.data.values())],
        "detectors": detectors,
        "about_detectors": _about_detectors(detectors),
        "trainings": [{"name": name, "meaning": TRAININGS[name]} for name in TRAININGS if _has(runs, name)],
        "protocols": [{"name": name, "words": protocol_words(name)} for name in protocols],
        "setting": setting_words(configuration, _levels(runs)),
        "contamination": sorted({run.key.contamination for run in runs}),
        "levels": _levels(runs),
        "with_labels": any(name in LABELLED_PROTOCOLS for name in protocols),
        "seeds": sorted({run.key.seed for run in runs}),
        "published": published_rows(configuration, runs),
        "published_missing": published_missing(configuration),
        "failures": _failures(runs),
        "configuration": configuration,
        "run_file": run_file_text(configuration),
        "environments": [dict(environment) for environment in sweep.environments],
    }


def _findings(sweep: SweepRuns, stored: Sequence[RunRow]) -> dict[str, Any]:
    """Return the means, the gains and what follows from them; ``stored`` are the runs before classes were named."""
    runs = sweep.rows
    compared = compared_metrics(runs)
    gains, class_gains = gain_rows(runs, compared), class_gain_rows(stored, compared)
    images = image_datasets(stored)
    summary = [shown_row(row, images) for row in mean_rows(stored)]
    labels = {mean_label(run.key.dataset) for run in stored}
    over_tables = [row for row in summary if row["dataset"] == OVER_TABLES]
    over_classes = [row for row in summary if row["dataset"] in labels]
    means = [row for row in summary if row["dataset"] not in {OVER_TABLES, *labels}]
    metric = _headline_metric(sweep.configuration, means)
    several = len({run.key.dataset for run in runs}) > 1 and not over_classes
    excluded = [asdict(entry) for entry in left_out(runs)] if several else []
    pooled = [row for key in compared for row in pooled_gains(gains, key, excluded, class_gains)]
    recovered = [row for row in (over_classes or over_tables or means) if row["metric"] == "recovery"]
    lost = sorted(losses(gains), key=lambda row: row["metric"] != metric)  # the metric of the headline first
    ranking = ranking_rows(over_classes or over_tables or means, runs)
    differences = difference_rows(runs)
    told = {
        "ranking": ranking,
        "differences": differences,
        "few_labels": few_label_rows(means),
        "mixed": mixed_rows(means),
        "inspection": (inspection := inspection_rows(runs)),
        "questions": question_rows(inspection, runs),
    }
    return {
        "headline_metric": metric,
        "headline": _verdict(told, means, runs) or headline(_of(pooled, metric), _of(lost, metric), recovered),
        **told,
        "warnings": finding_rows(runs),
        "left_out": excluded,
        "metrics": _metrics(means),
        "compared": list(compared),
        "means": means,
        "over_tables": over_tables,
        "over_classes": over_classes,
        "intervals": interval_words([run.key.protocol for run in runs], over_classes=bool(over_classes)),
        "gains": gains,
        "class_gains": class_gains,
        "pooled": pooled,
        "losses": lost,
        "hard": hardest(means, metric),
        "undefined": _undefined(means),
    }


def _inside(runs: Sequence[RunRow]) -> dict[str, Any]:
    """Return what happened inside the runs."""
    inside = {"refinement": round_rows(runs), "curves": curve_rows(runs), "histograms": histogram_rows(runs)}
    decided = {"confusions": confusion_rows(runs), "calibration": calibration_rows(runs), "choices": choice_rows(runs)}
    pictures = {"galleries": gallery_rows(runs), "reconstructions": reconstruction_rows(runs)}
    pictures["located"] = located_rows(runs)
    return {**inside, **decided, "class_curves": class_curve_rows(runs), **pictures, "stage_maps": stage_map_rows(runs)}


def _verdict(
    told: Mapping[str, Any], means: Sequence[Mapping[str, Any]], runs: Sequence[RunRow]
) -> dict[str, list[Any]]:
    """Return the verdict of a sweep that is not about refinement alone; nothing of one that is."""
    if told["mixed"]:
        return mixed_headline(told["mixed"])
    if told["few_labels"]:
        return few_label_headline(told["few_labels"])
    if told["inspection"]:
        methods, dirty = inspection_headline(told["inspection"]), supervision_headline(told["questions"]["supervision"])
        return {key: [*methods[key], *dirty[key]] for key in methods}
    if told["differences"]:
        return difference_headline(told["differences"], means)
    return ranking_headline(told["ranking"], runs) if told["ranking"] else {}


def _about_detectors(names: Iterable[str]) -> list[dict[str, str]]:
    """Return what the catalogue says of the detectors; those that it does not have are left out."""
    return [
        {"name": name, "summary": entry.summary, "assumes": entry.assumes, "paper": entry.paper}
        for name in names
        if (entry := CATALOG.get(name.removeprefix(REFINED_PREFIX))) is not None
    ]


def _headline_metric(configuration: Mapping[str, Any], means: Sequence[Mapping[str, Any]]) -> str:
    """Return the metric that the paper published where its curves are drawn beside ours, else AUROC."""
    found = {row["metric"] for row in means if row["mean"] is not None}
    wanted = [curve["metric"] for curve in published_rows(configuration, [])]
    return next((metric for metric in [*wanted, *COMPARED] if metric in found), "auroc")


def _of(rows: Iterable[dict[str, Any]], metric: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["metric"] == metric]


def _levels(runs: Iterable[RunRow]) -> list[str]:
    """Return the contaminations as they are printed, ascending; one word where every data set has its own."""
    return _in_order(level(cell_of(run)) for run in sorted(runs, key=lambda run: run.key.contamination))


def _has(runs: Iterable[RunRow], training: str) -> bool:
    return any(run.key.training == training for run in runs)


def _in_order(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _counts(sweep: SweepRuns) -> dict[str, Any]:
    runs = sweep.rows
    failed = sum(run.status == "failed" for run in runs)
    return {
        "planned": max(sweep.n_planned, len(runs)),
        "done": len(runs) - failed,
        "failed": failed,
        "seconds": float(sum(run.seconds for run in runs)),
    }


def _metrics(means: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    found = {row["metric"] for row in means}
    keys = [key for key in METRICS if key in found] + sorted(found - set(METRICS))
    return [{"key": key, "label": metric_words(key).label, "meaning": metric_words(key).meaning} for key in keys]


def _datasets(sweep: SweepRuns) -> list[dict[str, Any]]:
    """Return one row for each data set: what is known of it, and the sizes of its splits over the runs."""
    rows = []
    for name in _in_order(run.key.dataset for run in sweep.rows):
        facts = sweep.data.get(name, {})
        mine = [run for run in sweep.rows if run.key.dataset == name and run.status == "done"]
        sizes = {
            key: _range(mine, key)
            for key in ("n_train", "n_contaminants", "n_labelled", "n_pool", "n_test", "n_test_anomalies")
        }
        rows.append(
            {
                "name": name,
                **{key: facts.get(key) for key in _FACTS},
                "shape": list(facts.get("shape", ())),
                "notes": list(facts.get("notes", ())),
                **sizes,
                "small_pool": any(run.details.get("small_pool", False) for run in mine),
            }
        )
    return rows


def _range(runs: Iterable[RunRow], key: str) -> list[int] | None:
    values = [int(run.details[key]) for run in runs if run.details.get(key) is not None]
    return [min(values), max(values)] if values else None


def _undefined(means: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return why metrics are not defined, each reason once with how many means it concerns."""
    counts: dict[tuple[str, str], int] = {}
    for row in means:
        if row["mean"] is None:
            key = (row["metric"], row["reason"] or "no run gave it")
            counts[key] = counts.get(key, 0) + 1
    return [
        {"metric": metric, "label": metric_words(metric).label, "reason": reason, "count": count}
        for (metric, reason), count in counts.items()
    ]


def _failures(runs: Iterable[RunRow]) -> list[dict[str, Any]]:
    return [
        {
            "dataset": run.key.dataset,
            "detector": run.key.detector,
            "training": run.key.training,
            "variant": run.key.variant,
            "contamination": run.key.contamination,
            "seed": run.key.seed,
            "error": run.error,
        }
        for run in runs
        if run.status == "failed"
    ]
