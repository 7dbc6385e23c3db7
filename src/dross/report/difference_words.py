"""The differences between methods in sentences, and the figures that head such a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dross.report.differences import COMPARED
from dross.report.findings import named
from dross.report.metric_words import metric_words

#: More names than this make a sentence that nobody reads.
_MOST_NAMES = 6


def difference_headline(rows: Sequence[Mapping[str, Any]], means: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the verdict: the best method by each metric, and which differences are larger than chance.

    Parameters
    ----------
    rows : sequence of mapping
        What `dross.report.differences.difference_rows` returned.
    means : iterable of mapping
        Rows of the summary, for the intervals.
    """
    intervals = {
        (row["dataset"], row["detector"], row["variant"], row["training"], row["metric"]): row for row in means
    }
    sentences, figures = [], []
    datasets = list(dict.fromkeys(row["dataset"] for row in rows))
    for dataset in datasets:
        about = dataset if len(datasets) > 1 else ""
        mine = [row for row in rows if row["dataset"] == dataset]
        for metric in COMPARED:
            against = [row for row in mine if (row["question"], row["metric"]) == ("best", metric)]
            if against:
                best = against[0]["first"]
                place = (dataset, best["detector"], best["variant"], best["training"], metric)
                between = _between(metric, intervals.get(place))
                sentences.append(_best(metric, best, between, against, about))
                figures.append(_figure(metric, best, between, len(against) + 1, about))
        sentences += _untold(mine, about)
        sentences += _changes([row for row in mine if row["question"] == "variant"])
    return {"sentences": sentences, "figures": figures}


_TITLES = {
    "best": "The best method against each other",
    "variant": "What changing a parameter does",
    "baseline": "Trained on normal samples alone, against the strongest baseline",
}


def difference_tables(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a table for each question and data set: ``title``, and ``rows`` of cells with their verdict."""
    several = len({row["dataset"] for row in rows}) > 1
    tables: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        line = {"cells": difference_cells(row), "verdict": row["verdict"]}
        tables.setdefault((row["dataset"], row["question"]), []).append(line)
    return [
        {"title": _TITLES[question] + (f": {dataset}" if several else ""), "rows": lines}
        for (dataset, question), lines in sorted(tables.items(), key=lambda item: list(_TITLES).index(item[0][1]))
    ]


def difference_cells(row: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the cells of one line of the table of differences: ``text`` and ``interval``."""
    words = metric_words(row["metric"])
    between = "" if row["low"] is None else f"{words.shown_gain(row['low'])} to {words.shown_gain(row['high'])}"
    texts = [words.short, named(row["first"]), named(row["second"]), words.shown_gain(row["mean"])]
    cells = [{"text": text, "interval": ""} for text in [*texts, shown_p(row["adjusted"]), row["test"]]]
    cells[3]["interval"] = between
    return cells


def shown_p(value: float) -> str:
    """Return a p-value as it is printed.

    Examples
    --------
    >>> shown_p(0.0312), shown_p(0.00004), shown_p(1.0)
    ('0.031', '< 0.001', '1')
    """
    return "< 0.001" if value < 0.001 else f"{value:.2g}"


def _best(metric: str, best: Mapping[str, Any], between: str, against: Sequence[Mapping[str, Any]], about: str) -> str:
    words = metric_words(metric)
    inside = f" (95 % interval {between})" if between else ""
    where = f" on {about}" if about else ""
    told = f"{words.short}{where}: {named(best)} is highest, {words.shown(best['mean'])}{inside}."
    beaten = [row for row in against if row["verdict"] == "gain"]
    level = sorted((row for row in against if row["verdict"] != "gain"), key=lambda row: -row["second"]["mean"])
    if not level:
        return f"{told} All {len(against)} others are lower by more than chance."
    others = _names([row["second"] for row in level])
    if not beaten:
        return f"{told} None of the {len(against)} others is lower by more than chance: {others}."
    verb = "is" if len(beaten) == 1 else "are"
    return (
        f"{told} {len(beaten)} of the {len(against)} others {verb} lower by more than chance; not to be told from it: "
        f"{others}."
    )


def _untold(rows: Sequence[Mapping[str, Any]], about: str) -> list[str]:
    """Return the sentence on what was trained on normals alone, against the strongest baseline."""
    against = [row for row in rows if row["question"] == "baseline"]
    if not against:
        return []
    best = max(against, key=lambda row: row["first"]["mean"])
    words = metric_words("auroc")
    where = {"gain": "above", "loss": "below", "level": "not to be told from"}[best["verdict"]]
    on = f", on {about}" if about else ""
    return [
        f"Trained on normal samples alone{on}, {named(best['first'])} has the highest AUROC, "
        f"{words.shown(best['first']['mean'])}; it is {where} the strongest baseline, {named(best['second'])} with "
        f"{words.shown(best['second']['mean'])} ({_change(best)})."
    ]


def _changes(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the sentences on what changing a parameter does."""
    real = [row for row in rows if row["verdict"] != "level"]
    sentences = [
        f"{row['first']['variant']} changes the {metric_words(row['metric']).short} of {row['first']['detector']} by "
        f"{_change(row)}."
        for row in sorted(real, key=lambda row: -abs(row["mean"]))
    ]
    if len(real) < len(rows):
        rest = f"The other {len(rows) - len(real)}" if real else f"None of the {len(rows)}"
        verb = "changes of parameters are within chance" if real else "changes of parameters does more than chance"
        sentences.append(f"{rest} {verb}.")
    return sentences


def _change(row: Mapping[str, Any]) -> str:
    words = metric_words(row["metric"])
    inside = (
        ""
        if row["low"] is None
        else f", 95 % interval {words.shown_gain(row['low'])} to {words.shown_gain(row['high'])}"
    )
    sign = "" if row["adjusted"] < 0.001 else "= "
    return f"{words.shown_gain(row['mean'])} points{inside}, p {sign}{shown_p(row['adjusted'])}"


def _names(methods: Sequence[Mapping[str, Any]]) -> str:
    names = [named(method) for method in methods]
    more = f"; and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return "; ".join(names[:_MOST_NAMES]) + more


def _between(metric: str, row: Mapping[str, Any] | None) -> str:
    words = metric_words(metric)
    return "" if row is None or row["low"] is None else f"{words.shown(row['low'])} to {words.shown(row['high'])}"


def _figure(metric: str, best: Mapping[str, Any], between: str, count: int, about: str) -> dict[str, str]:
    words = metric_words(metric)
    label = f"{words.short}, best of {count}" + (f": {about}" if about else "")
    shown = words.shown(best["mean"])
    return {"value": shown, "label": label, "detector": named(best), "interval": between, "verdict": "level"}
