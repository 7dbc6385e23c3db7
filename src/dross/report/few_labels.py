"""What a few labels are worth: the curve over their number, and the sentences that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from dross.evaluation.few_labels import COUNT_KEY, FLIPPED_KEY, PROTOCOL, RANDOM_KEY
from dross.report.metric_words import metric_words

#: The number of labels that sentences are about, or the largest below it that was tried.
TOLD_OF: Final = 10

#: What labels are, for the legend and the sentences.
RIGHT, RANDOM = "right labels", "random labels"


def few_label_rows(means: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the mean AUROC at each number of labels, and its change from no labels.

    Parameters
    ----------
    means : iterable of mapping
        Rows of the summary of one data set, or class, each.

    Returns
    -------
    list of dict
        ``dataset``, ``detector``, ``training``, ``labels`` (in words), ``n_labels``, ``mean``, ``low``, ``high``, and
        ``gain`` over no labels, ``None`` of detectors that cannot do without.
    """
    mine = [
        row for row in means if row["protocol"] == PROTOCOL and row["metric"] == "auroc" and row["mean"] is not None
    ]
    rows = []
    for row in mine:
        words = dict(part.split("=") for part in row["variant"].split(";") if part)
        n_labels, kind = int(words.pop(COUNT_KEY, 0)), _kind(words)
        told = {key: row[key] for key in ("dataset", "detector", "training", "contamination", "mean", "low", "high")}
        told["detector"] += "".join(f" {key}={value}" for key, value in words.items())
        rows.append({**told, "labels": kind, "n_labels": n_labels})
    without = {_place(row): row["mean"] for row in rows if row["n_labels"] == 0}
    return [
        {**row, "gain": None if _place(row) not in without else row["mean"] - without[_place(row)]}
        for row in sorted(rows, key=lambda row: (row["dataset"], row["detector"], row["labels"], row["n_labels"]))
    ]


def _kind(words: dict[str, str]) -> str:
    if words.pop(RANDOM_KEY, "false") == "true":
        return RANDOM
    flipped = float(words.pop(FLIPPED_KEY, 0))
    return f"labels, {100 * flipped:g} % flipped" if flipped else RIGHT


def _place(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["dataset"], row["detector"], row["training"], row["contamination"]


def few_label_headline(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the verdict: what the labels add for each detector, and what wrong ones and such without information do.

    Parameters
    ----------
    rows : sequence of mapping
        What `few_label_rows` returned.
    """
    words = metric_words("auroc")
    counts = sorted({row["n_labels"] for row in rows if 0 < row["n_labels"] <= TOLD_OF})
    sentences: list[str] = []
    figures: list[dict[str, str]] = []
    at_count = [row for row in rows if counts and row["n_labels"] == counts[-1]]
    groups = dict.fromkeys((row["detector"], row["training"], row["labels"]) for row in at_count)
    for detector, training, labels in sorted(groups, key=lambda group: (group[0], group[2] != RIGHT, group[2])):
        mine = [
            row for row in at_count if (row["detector"], row["training"], row["labels"]) == (detector, training, labels)
        ]
        told = f"{counts[-1]} {labels if counts[-1] > 1 else labels.replace('labels', 'label')}"
        if any(row["gain"] is None for row in mine):
            mean = words.shown(float(np.mean([row["mean"] for row in mine])))
            sentences.append(f"{detector}, which needs labels, comes to a mean {words.short} of {mean} with {told}.")
            continue
        gains = [row["gain"] for row in mine]
        least = min(mine, key=lambda row: row["gain"])
        above = sum(gain > 0 for gain in gains)
        mean = words.shown_gain(float(np.mean(gains)))
        sentences.append(
            f"{told} change the {words.short} of {detector}, {training}, by {mean} points on average over {len(mine)} "
            f"data set{'' if len(mine) == 1 else 's'}: it is higher on {above} of them, and the lowest change is "
            f"{words.shown_gain(least['gain'])}, on {least['dataset']}."
        )
        verdict = "gain" if np.mean(gains) > 0 else "loss"
        label = f"{words.short}, {told} against none"
        figures.append({"value": mean, "label": label, "detector": detector, "interval": "", "verdict": verdict})
    return {"sentences": sentences, "figures": figures}
