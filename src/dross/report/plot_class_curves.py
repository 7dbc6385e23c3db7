"""The ROC curves of each normal class side by side: the best detector, and the baseline that it has to beat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from dross.report.metric_words import metric_words
from dross.report.plot_panels import label_axes, panel_grid, slug
from dross.report.plot_style import BLUE, INK, VERMILLION, Drawing, SeriesStyle, finish, house_style

_STYLES = {
    "best": SeriesStyle("best detector", BLUE, "o"),
    "baseline": SeriesStyle("strongest baseline", VERMILLION, "s", "--"),
}

#: How high in a panel the words on each curve stand: where no curve worth showing passes.
_HEIGHTS = {"best": 0.17, "baseline": 0.05}

#: More classes than this make a second figure.
_MOST_PANELS = 20


def class_curve_drawings(summary: Mapping[str, Any]) -> list[Drawing]:
    """Return the figure of ROC curves by class, one for each image data set; none where nothing was one class's.

    Parameters
    ----------
    summary : mapping
        What ``summarize`` returned.
    """
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    for row in summary["class_curves"]:
        by_name.setdefault(row["dataset"].partition(": ")[0], []).append(row)
    drawings = []
    for name, rows in by_name.items():
        panels = list(dict.fromkeys(row["dataset"] for row in rows))
        for start in range(0, len(panels), _MOST_PANELS):
            part = f"-{start // _MOST_PANELS + 1}" if len(panels) > _MOST_PANELS else ""
            drawings.append(_draw(f"classes-roc-{slug(name)}{part}", name, rows, panels[start : start + _MOST_PANELS]))
    return drawings


def _draw(file_name: str, name: str, rows: Sequence[Mapping[str, Any]], panels: Sequence[str]) -> Drawing:
    seeds = sorted({row["seed"] for row in rows})
    with house_style(file_name):
        figure, axes = panel_grid(len(panels), share_y=True, height=1.9)
        for ax, panel in zip(axes, panels, strict=True):
            ax.set_title(panel.partition(": ")[2] or panel)
            _draw_panel(ax, [row for row in rows if row["dataset"] == panel])
        label_axes(figure, axes, "false positive rate, %", "true positive rate, %")
        of_seed = f"of seed {seeds[0]}" if len(seeds) == 1 else "of the first seed"
        caption = (
            f"Curves {of_seed} on the test set; each panel has one class normal. The figures are mean AUROC over "
            "seeds, by which the best detector and the strongest baseline of each class were chosen after the fact: "
            "the means over classes, which nothing was chosen for, are the ones to compare."
        )
        return finish(figure, file_name, "rankings", f"ROC curves by normal class, {name}", caption)


def _draw_panel(ax: Axes, rows: Sequence[Mapping[str, Any]]) -> None:
    ax.plot([0, 100], [0, 100], color=INK, alpha=0.35, linewidth=0.8)
    words = metric_words("auroc")
    for row in rows:
        style = _STYLES[row["role"]]
        x, y = 100.0 * np.asarray(row["x"]), 100.0 * np.asarray(row["y"])
        ax.plot(x, y, **style.line(), markevery=(8 if row["role"] == "best" else 18, 25), markersize=3.5)
        refined = ", refined" if row["training"] == "refined" else ""
        text = f"{row['detector']}{refined} {words.shown(row['auroc'])}"
        height = _HEIGHTS[row["role"]]
        ax.text(0.98, height, text, transform=ax.transAxes, ha="right", va="bottom", fontsize=7.5, color=style.color)
    ax.set_xlim(-2, 102)
    ax.set_ylim(-2, 102)
    ax.set_xticks([0, 50, 100])
    ax.set_yticks([0, 50, 100])
