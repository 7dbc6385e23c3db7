"""How a parameter was chosen: what was measured of each value, with its spread over the folds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

from matplotlib.axes import Axes

from dross.report.decisions import value_word
from dross.report.findings import named
from dross.report.metric_words import metric_words
from dross.report.plot_panels import label_axes, panel_grid, slug
from dross.report.plot_style import (
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    Drawing,
    SeriesStyle,
    finish,
    house_style,
)

#: The four panels where values were chosen by labels; where there were none, only AUROC was measured.
_PANELS = ("accuracy", "precision", "recall", "f1")

_TITLES = {"accuracy": "Accuracy", "precision": "Precision", "recall": "Recall", "f1": "F1", "auroc": "AUROC"}

#: Labels that are words and stand below one axis: of more values, every second is named, or every third.
_MOST_WORDS = 40

#: Colour, marker and dash of each detector in one figure; more of them make another figure.
_LOOKS = (
    (BLUE, "o", "-"),
    (VERMILLION, "s", "--"),
    (GREEN, "^", "-."),
    (ORANGE, "D", ":"),
    (PURPLE, "v", "-"),
    (SKY, "P", "--"),
)


def choice_drawings(summary: Mapping[str, Any]) -> list[Drawing]:
    """Return a figure for each data set and each list of values that was chosen among.

    Parameters
    ----------
    summary : mapping
        What ``summarize`` returned.
    """
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in summary["choices"]:
        among = json.dumps([row["choice"]["parameter"], row["choice"]["values"]])
        groups.setdefault((row["dataset"], among), []).append(row)
    drawings: list[Drawing] = []
    for (dataset, _), rows in groups.items():
        for start in range(0, len(rows), len(_LOOKS)):
            number = f"-{len(drawings) + 1}" if drawings else ""
            drawings.append(_draw(f"choice-{slug(dataset)}{number}", dataset, rows[start : start + len(_LOOKS)]))
    return drawings


def _draw(name: str, dataset: str, rows: Sequence[Mapping[str, Any]]) -> Drawing:
    choice = rows[0]["choice"]
    parameter = value_word(choice["parameter"])
    with house_style(name):
        panels = [metric for metric in _PANELS if metric in choice] or ["auroc"]
        figure, axes = panel_grid(len(panels), share_y=True, height=2.3)
        for ax, metric in zip(axes, panels, strict=True):
            ax.set_title(_TITLES[metric])
            for place, (row, look) in enumerate(zip(rows, _LOOKS, strict=False)):
                shift = 0.12 * (place - (len(rows) - 1) / 2)
                _draw_line(ax, row["choice"], metric, SeriesStyle(named(row), *look), shift)
            _label_values(ax, choice["values"])
        label_axes(figure, axes, "" if _crowded(choice["values"]) else parameter, "%")
        title = f"Choice of {parameter}, {dataset}"
        return finish(figure, name, "choices", title, _caption(rows, parameter))


def _caption(rows: Sequence[Mapping[str, Any]], parameter: str) -> str:
    choice = rows[0]["choice"]
    folds = f"{choice['n_folds']} folds" + (f", {choice['n_repeats']} times" if choice["n_repeats"] > 1 else "")
    by = metric_words(choice["metric"]).label if choice["metric"] == "auroc" else _TITLES[choice["metric"]]
    chosen = "; ".join(
        f"{named(row)}: " + ", ".join(f"{each['value']} ({each['n_runs']})" for each in row["chosen"][:5])
        for row in rows
    )
    against = (
        "" if "f1" in choice else " They are of held-out samples against anomalies made of them: no label is used."
    )
    return (
        f"Means over {folds} of the training part of seed {rows[0]['seed']}, with one standard deviation either way; "
        f"the ring is the value with the highest {by}, which is chosen.{against} No test sample takes part. "
        f"Chosen {parameter} (in how many runs): {chosen}."
    )


def _draw_line(ax: Axes, choice: Mapping[str, Any], metric: str, style: SeriesStyle, shift: float) -> None:
    means = choice[metric]
    x = [
        (value if _numeric(choice["values"]) else place) + shift
        for place, (value, each) in enumerate(zip(choice["values"], means, strict=True))
        if each["mean"] is not None
    ]
    y = [100 * each["mean"] for each in means if each["mean"] is not None]
    spread = [100 * (each["sd"] or 0.0) for each in means if each["mean"] is not None]
    ax.errorbar(x, y, spread, **style.line(), markersize=3.5, linewidth=1.2, elinewidth=0.8, capsize=1.8)
    chosen = choice["values"].index(choice["chosen"])
    if means[chosen]["mean"] is not None:
        at = (choice["chosen"] if _numeric(choice["values"]) else chosen) + shift
        ring: dict[str, Any] = {
            "marker": "o",
            "markersize": 9,
            "markerfacecolor": "none",
            "markeredgecolor": style.color,
        }
        ax.plot([at], [100 * means[chosen]["mean"]], linestyle="none", **ring)


def _label_values(ax: Axes, values: Sequence[Any]) -> None:
    if _numeric(values):
        ax.set_xticks(values if len(values) <= 10 else values[:: -(-len(values) // 8)])
        ax.xaxis.set_major_formatter("{x:g}")
    else:
        places = range(0, len(values), -(-len(values) // _MOST_WORDS))
        ax.set_xticks(places, [value_word(values[place]) for place in places], rotation=90, fontsize=5.5)


def _numeric(values: Sequence[Any]) -> bool:
    return all(isinstance(value, Real) and not isinstance(value, bool) for value in values)


def _crowded(values: Sequence[Any]) -> bool:
    """Return whether the values are words, which take the room where the parameter would be named."""
    return not _numeric(values)
