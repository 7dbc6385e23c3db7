"""What the scores look like: histograms of normal against anomalous test samples, ROC and precision-recall curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from dross.report.plot_panels import PanelGroup, label_axes, panel_grid, panel_groups, say_empty
from dross.report.plot_style import BLUE, INK, TRAINING_STYLES, VERMILLION, Drawing, finish, house_style

_CURVES = {
    "roc": ("ROC", "false positive rate, %", "true positive rate, %"),
    "pr": ("Precision-recall", "recall, %", "precision, %"),
}


def curve_drawings(summary: Mapping[str, Any], kind: str) -> list[Drawing]:
    """Return the ROC (``"roc"``) or precision-recall (``"pr"``) figures."""
    rows = [row for row in summary["curves"] if row["kind"] == kind]
    return [
        _draw_curves(group, kind, rows)
        for group in panel_groups(summary)
        if any(group.select(rows, panel) for panel in group.panels)
    ]


def _draw_curves(group: PanelGroup, kind: str, rows: Sequence[Mapping[str, Any]]) -> Drawing:
    title, across, up = _CURVES[kind]
    name = f"{kind}-{group.slug}"
    with house_style(name):
        figure, axes = panel_grid(len(group.panels), share_y=True, height=1.7)
        for ax, panel in zip(axes, group.panels, strict=True):
            ax.set_title(panel)
            _draw_curve_panel(ax, kind, group.select(rows, panel))
        label_axes(figure, axes, across, up)
        at = ", at the highest contamination of each data set" if _contaminated(rows) else ""
        caption = f"Mean over seeds on the test set{at}."
        return finish(figure, name, "rankings", f"{title} curves, {group.name}", caption)


def _contaminated(rows: Sequence[Mapping[str, Any]]) -> bool:
    return any(row["contamination"] > 0 for row in rows)


def _draw_curve_panel(ax: Axes, kind: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        say_empty(ax, "no curve recorded")
        return
    if kind == "roc":
        ax.plot([0, 100], [0, 100], color=INK, alpha=0.35, linewidth=0.8)
    for training, style in TRAINING_STYLES.items():
        for row in rows:
            if row["training"] == training:
                x, y = 100.0 * np.asarray(row["x"]), 100.0 * np.asarray(row["y"])
                ax.plot(x, y, **style.line(), markevery=20, markersize=4)
    ax.set_xlim(-2, 102)
    ax.set_ylim(-2, 102)


def histogram_drawings(summary: Mapping[str, Any]) -> list[Drawing]:
    """Return the score histograms of the refined detectors (of the blind ones where nothing was refined)."""
    rows = summary["histograms"]
    trainings = [training for training in ("blind", "refined") if any(row["training"] == training for row in rows)]
    drawings = []
    groups = panel_groups(summary)
    if len(groups) > 1:
        # Many data sets: what the refined detectors score is enough to look through.
        trainings = trainings[-1:]
    for group in groups:
        for training in trainings:
            mine = [row for row in rows if row["training"] == training]
            if any(group.select(mine, panel) for panel in group.panels):
                drawings.append(_draw_histograms(group, training, mine))
    return drawings


def _draw_histograms(group: PanelGroup, training: str, rows: Sequence[Mapping[str, Any]]) -> Drawing:
    name = f"scores-{training}-{group.slug}"
    seed = min(row["seed"] for row in rows)
    with house_style(name):
        figure, axes = panel_grid(len(group.panels), share_y=False)
        for ax, panel in zip(axes, group.panels, strict=True):
            ax.set_title(panel)
            mine = group.select(rows, panel)
            if mine:
                _draw_histogram(ax, mine[0])
            else:
                say_empty(ax, "no scores recorded")
        label_axes(figure, axes, "anomaly score (higher = more anomalous)", "share of its class, %")
        at = " at the highest contamination" if _contaminated(rows) else ""
        caption = (
            f"Test scores of seed {seed}{at}, {training}. Each class is scaled to 100 %, so "
            "that few anomalies can be seen beside many normals; the last bar holds everything beyond."
        )
        return finish(figure, name, "scores", f"Scores, {training}, {group.name}", caption)


def _draw_histogram(ax: Axes, row: Mapping[str, Any]) -> None:
    edges = np.asarray(row["edges"], dtype=np.float64)
    for key, label, color, dash in (("normal", "normal", BLUE, "-"), ("anomaly", "anomaly", VERMILLION, (0, (4, 1.5)))):
        counts = np.asarray(row[key], dtype=np.float64)
        if counts.sum() > 0:
            heights = 100.0 * counts / counts.sum()
            ax.stairs(heights, edges, color=color, linestyle=dash, linewidth=1.3, label=label)
            ax.stairs(heights, edges, color=color, alpha=0.2, fill=True)
    ax.set_ylim(bottom=0)
    ax.ticklabel_format(axis="x", scilimits=(-3, 4))
