"""AUROC against the number of labels: right ones, partly flipped ones, and such without information."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes

from dross.report.few_labels import RIGHT
from dross.report.metric_words import metric_words
from dross.report.plot_panels import label_axes, panel_grid
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

#: Colour, marker and dash of each detector with each kind of labels, in the order in which they appear.
_LOOKS = (
    (BLUE, "o", "-"),
    (ORANGE, "D", "--"),
    (VERMILLION, "s", ":"),
    (GREEN, "^", "-."),
    (PURPLE, "v", "--"),
    (SKY, "P", "-."),
)

#: More panels than this make another figure.
_MOST_PANELS = 9


def few_label_drawings(summary: Mapping[str, Any]) -> list[Drawing]:
    """Return the figure with a panel for each data set; none where no number of labels was varied.

    Parameters
    ----------
    summary : mapping
        What ``summarize`` returned.
    """
    rows = summary["few_labels"]
    names = list(dict.fromkeys(row["dataset"] for row in rows))
    drawings = []
    for start in range(0, len(names), _MOST_PANELS):
        part = f"-{start // _MOST_PANELS + 1}" if len(names) > _MOST_PANELS else ""
        drawings.append(_draw(rows, names[start : start + _MOST_PANELS], f"few-labels{part}"))
    return drawings


def _draw(rows: Sequence[Mapping[str, Any]], panels: Sequence[str], name: str) -> Drawing:
    label = metric_words("auroc").label
    series = dict.fromkeys((row["detector"], row["training"], row["labels"]) for row in rows)
    ordered = sorted(series, key=lambda one: (one[1] != "refined", one[0], one[2] != RIGHT, one[2]))
    with house_style(name):
        figure, axes = panel_grid(len(panels), share_y=False)
        for ax, panel in zip(axes, panels, strict=True):
            ax.set_title(panel)
            for number, one in enumerate(ordered):
                style = SeriesStyle(f"{one[0]}, {one[1]}: {one[2]}", *_LOOKS[number % len(_LOOKS)])
                mine = [row for row in rows if row["dataset"] == panel and _belongs(row, one)]
                _draw_line(ax, sorted(mine, key=lambda row: row["n_labels"]), style)
            _count_axis(ax, sorted({row["n_labels"] for row in rows}))
        label_axes(figure, axes, "labels", f"{label}, %")
        caption = (
            "Lines are means over seeds, bands their 95 % bootstrap intervals. Half of the labels are of anomalies. "
            "Each panel has its own vertical axis."
        )
        return finish(figure, name, "labels", f"{label} against the number of labels", caption)


def _belongs(row: Mapping[str, Any], one: tuple[str, str, str]) -> bool:
    # What is told nothing is where the lines of all kinds of labels start.
    same = (row["detector"], row["training"]) == one[:2]
    return same and (row["labels"] == one[2] or row["n_labels"] == 0)


def _draw_line(ax: Axes, rows: Sequence[Mapping[str, Any]], style: SeriesStyle) -> None:
    if not rows:
        return
    x = [row["n_labels"] for row in rows]
    ax.plot(x, [100.0 * row["mean"] for row in rows], **style.line())
    low, high = ([100.0 * (row["mean"] if row[end] is None else row[end]) for row in rows] for end in ("low", "high"))
    ax.fill_between(x, low, high, color=style.color, alpha=0.16, linewidth=0)


def _count_axis(ax: Axes, counts: Sequence[int]) -> None:
    ax.set_xscale("symlog", linthresh=1)
    ax.set_xticks(counts, [str(count) for count in counts])
    ax.minorticks_off()
