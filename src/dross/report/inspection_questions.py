"""The questions that a task of inspection asks, answered with the figures of the sweep at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dross.evaluation.results import RunRow
from dross.metrics import alarm_metrics, auroc
from dross.report.averages import percent
from dross.report.detector_words import detector_words
from dross.report.findings import named
from dross.report.inspection import gain_with_interval, method_name, with_interval
from dross.report.inspection_means import Estimate, difference, inspected, over_sets
from dross.report.metric_words import metric_words

#: The study that asks what dirty training costs, for a sweep that does not.
DIRTY_STUDY = "studies/inspection-dirty/run.toml"


def question_rows(inspection: Mapping[str, Any], runs: Sequence[RunRow]) -> dict[str, Any]:
    """Return the answers to the three questions, as plain data and as sentences made of it.

    Parameters
    ----------
    inspection : mapping
        What ``inspection_rows`` returned; empty for a sweep of something else, which then has no answers.
    runs : sequence of RunRow
        As a report shows them.

    Returns
    -------
    dict
        ``method`` (``name``, ``detector``, ``training``, ``words``), or ``None`` where no method is defined on all
        sets; ``shares`` (a row a set) and ``share_sentences``; ``supervision`` (a row a detector and set, or their
        mean) and ``supervision_sentences``.
    """
    if not inspection:
        return {}
    ranked = [row for row in inspection["table"] if row["mean"] is not None]
    shares = _share_rows(inspection)
    supervision = _supervision_rows(inspection, runs)
    return {
        "method": _method(ranked[0]) if ranked else None,
        "shares": shares,
        "share_sentences": _share_sentences(shares),
        "supervision": supervision,
        "supervision_sentences": _supervision_sentences(supervision, inspection, runs),
    }


def _method(best: Mapping[str, Any]) -> dict[str, Any]:
    words = detector_words(best["detector"])
    if best["training"] == "refined":
        words.append("It was refined: what an ensemble of it agreed to reject was left out of training.")
    return {
        "name": method_name(best),
        **{key: best[key] for key in ("detector", "training", "variant")},
        "words": words,
    }


def _share_rows(inspection: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return of each set what calling everything an anomaly is worth, and the best and the worse of the methods."""
    rows = []
    for name in inspection["sets"]:
        mine = [(row, row["by_set"][name]) for row in inspection["table"] if name in row["by_set"]]
        mine = [(row, found) for row, found in mine if found["auroc"] is not None and found["f1"] is not None]
        if not mine:
            continue
        n_test, n_anomalies = mine[0][1]["n_test"], mine[0][1]["n_test_anomalies"]
        labels = np.repeat([0, 1], [n_test - n_anomalies, n_anomalies])
        f1 = alarm_metrics(labels, np.ones(n_test, dtype=bool)).f1
        best, found = max(mine, key=lambda pair: pair[1]["auroc"]["mean"])
        below = [other for _, other in mine if f1 is not None and other["f1"] < f1]
        rows.append(
            {
                "set": name,
                "n_test": n_test,
                "n_anomalies": n_anomalies,
                "share": n_anomalies / n_test,
                "all_f1": f1,
                "all_auroc": auroc(labels, np.zeros(n_test)),
                "best": method_name(best),
                "best_f1": found["f1"],
                "best_auroc": found["auroc"]["mean"],
                "n_methods": len(mine),
                "n_below": len(below),
                "n_below_better": _better_than_chance(below),
            }
        )
    return sorted(rows, key=lambda row: -row["share"])


def _better_than_chance(below: Sequence[Mapping[str, Any]]) -> int | None:
    """Return how many AUROCs are above 50 with their whole interval; ``None`` where there are no intervals."""
    lows = [each["auroc"]["low"] for each in below if each["auroc"]["low"] is not None]
    return sum(low > 0.5 for low in lows) if len(lows) == len(below) else None


def _share_sentences(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return why AUROC and not F1, from the highest share of anomalies to the lowest."""
    words = metric_words("auroc")
    sentences = []
    for row in rows:
        sentences.append(
            f"On {row['set']} {row['n_anomalies']} of {row['n_test']} test images ({percent(row['share'])}) are "
            f"anomalous: calling every one of them so has F1 {words.shown(row['all_f1'])} and AUROC "
            f"{words.shown(row['all_auroc'])}. {_below(row)}"
        )
    if len(rows) > 1 and words.shown(rows[0]["all_f1"]) != words.shown(rows[-1]["all_f1"]):
        sentences.append(
            f"So the same decision, which knows nothing, is worth F1 {words.shown(rows[-1]['all_f1'])} on one set and "
            f"{words.shown(rows[0]['all_f1'])} on another, for no other reason than the share of anomalies; its AUROC "
            "is the same on all. F1 also judges one threshold, and a submission is scores."
        )
    return sentences


def _below(row: Mapping[str, Any]) -> str:
    n, words = row["n_below"], metric_words("auroc")
    best = (
        f"{row['best']}, the best there by AUROC ({words.shown(row['best_auroc'])}), has F1 "
        f"{words.shown(row['best_f1'])} at its own threshold"
    )
    if n == 0:
        return f"{best}, and no method has less than that of calling everything an anomaly."
    are = "is" if n == 1 else "are"
    return f"{best}; by F1 {n} of {row['n_methods']} methods {are} worse than that decision{_ranked(n, row)}."


def _ranked(n: int, row: Mapping[str, Any]) -> str:
    """Return how many of the methods that are worse by F1 rank images better than chance, where that is known."""
    better = row["n_below_better"]
    if better is None:
        return ""
    if better == 0:
        return f", and {'it does not rank' if n == 1 else 'none of these ranks'} images better than chance for certain"
    those = {n: "though it ranks" if n == 1 else "though all of these rank"}.get(
        better, f"and {better} of these rank{'s' if better == 1 else ''}"
    )
    return (
        f", {those} images better than chance (the 95 % interval of {'its' if n == 1 else 'their'} AUROC lies above 50)"
    )


def _supervision_rows(inspection: Mapping[str, Any], runs: Sequence[RunRow]) -> list[dict[str, Any]]:
    """Return what dirty training changes, for each detector over all sets and on each; nothing without both."""
    found = inspected(runs)
    ratios = sorted({method[3] for method in found})
    if ratios[0] > 0 or len(ratios) < 2:
        return []
    dirty, rows, sets = ratios[-1], [], inspection["sets"]
    for detector, variant in dict.fromkeys((method[0], method[2]) for method in found):
        for chosen in ([sets] if len(sets) > 1 else []) + [[name] for name in sets]:
            clean = over_sets(found.get((detector, "blind", variant, 0.0), {}), chosen)
            at = {
                training: over_sets(found.get((detector, training, variant, dirty), {}), chosen)
                for training in ("blind", "refined", "oracle")
            }
            if clean is not None and at["blind"] is not None:
                about = {"detector": detector, "variant": variant, "sets": chosen, "contamination": dirty}
                rows.append({**about, **_changes(clean, at)})
    return rows


def _changes(clean: Estimate, at: Mapping[str, Estimate | None]) -> dict[str, Any]:
    blind, refined, oracle = at["blind"], at["refined"], at["oracle"]
    assert blind is not None
    return {
        "clean": clean.row(),
        **{training: None if mean is None else mean.row() for training, mean in at.items()},
        "cost": difference(blind, clean),
        "gain": None if refined is None else difference(refined, blind),
        "left": None if refined is None else difference(refined, clean),
        "fewer": None if oracle is None else difference(oracle, clean),
    }


def _supervision_sentences(
    rows: Sequence[Mapping[str, Any]], inspection: Mapping[str, Any], runs: Sequence[RunRow]
) -> list[str]:
    if not rows:
        return [_unanswered(runs)]
    n_sets = len(inspection["sets"])
    return [_supervision_sentence(row) for row in rows if len(row["sets"]) == n_sets]


def _unanswered(runs: Sequence[RunRow]) -> str:
    clean = min(method[3] for method in inspected(runs)) == 0
    lacks = "clean training images alone" if clean else "no clean training"
    return (
        f"This sweep has {lacks}, so it does not tell what defects among the training images cost. A run file with "
        'contamination = [0, 0.05, 0.1] and training = ["blind", "refined", "oracle"] does, such as '
        f"{DIRTY_STUDY}."
    )


def supervision_headline(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return what dirty training costs and refinement wins back over all sets, for the verdict.

    Parameters
    ----------
    rows : sequence of mapping
        ``supervision`` of what `question_rows` returned.
    """
    words = metric_words("auroc")
    most = max((len(row["sets"]) for row in rows), default=0)
    sentences, figures = [], []
    for row in rows:
        if len(row["sets"]) < most:
            continue
        at = percent(row["contamination"])
        told = [f"{at} of defects among the training images change the AUROC of {named(row)}: {_changed(row['cost'])}."]
        changes = [("cost", f"AUROC, {at} of defects against none")]
        if row["gain"] is not None:
            told.append(f"Refinement changes it against blind training: {_changed(row['gain'])}.")
            changes.append(("gain", f"AUROC, refined against blind at {at}"))
        sentences.append(" ".join(told))
        for key, label in changes:
            low, high = (words.shown_gain(row[key][end]) for end in ("low", "high"))
            between = "" if row[key]["low"] is None else f"{low} to {high}"
            card = {"value": words.shown_gain(row[key]["mean"]), "label": label, "detector": named(row)}
            figures.append({**card, "interval": between, "verdict": row[key]["verdict"] or "level"})
    return {"sentences": sentences, "figures": figures}


def _supervision_sentence(row: Mapping[str, Any]) -> str:
    n_sets = len(row["sets"])
    where = f"over {n_sets} sets" if n_sets > 1 else f"on {row['sets'][0]}"
    kind = "a mean AUROC" if n_sets > 1 else "an AUROC"
    sentences = [
        f"{named(row)}, semi-supervised (trained on clean images alone), comes to {kind} of "
        f"{with_interval(row['clean'])} {where}.",
        f"Unsupervised, with {percent(row['contamination'])} of defects among its training images and nobody telling "
        f"which, it comes to {with_interval(row['blind'])}: {_changed(row['cost'])}.",
    ]
    if row["gain"] is not None:
        sentences.append(
            f"Refined on these images it comes to {with_interval(row['refined'])}: {_changed(row['gain'])} against "
            f"blind, and {_changed(row['left'])} against clean training."
        )
    if row["fewer"] is not None:
        sentences.append(
            f"With the defects taken out by their labels, which leaves fewer images, it comes to "
            f"{with_interval(row['oracle'])}: {_changed(row['fewer'])} against clean training."
        )
    return " ".join(sentences)


def _changed(change: Mapping[str, Any]) -> str:
    """Return a change in words, which say so where it is within the noise."""
    kind = {"gain": "a gain, ", "loss": "a loss, ", "level": "within the noise, "}.get(change["verdict"], "")
    return f"{kind}{gain_with_interval(change)} points"
