"""What refinement gained or lost on each data set: one dot a comparison, losses in their own colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from dross.report.metric_words import metric_words
from dross.report.plot_panels import slug
from dross.report.plot_style import BLUE, GREY, INK, VERMILLION, Drawing, finish, house_style

#: With fewer rows the table of the verdict says the same at a glance.
_FEWEST_ROWS = 4

_LOOKS = {
    "gain": (BLUE, "o", "gain: the interval lies above 0"),
    "level": (GREY, "s", "within the noise of the seeds"),
    "loss": (VERMILLION, "D", "loss: the interval lies below 0"),
}
_CAPTION = (
    "Refined minus blind, paired by seed, in points, with the 95 % bootstrap interval; ordered by the gain at the "
    "highest contamination. An arrow marks a value beyond the axis and gives it in figures."
)


def gain_drawings(summary: Mapping[str, Any], metric: str) -> list[Drawing]:
    """Return one figure a detector with a row for each data set and variant; none where there are few rows."""
    drawings = []
    for detector in summary["detectors"]:
        rows = [row for row in summary["gains"] if row["metric"] == metric and row["detector"] == detector]
        if len({_row_name(row, summary) for row in rows}) >= _FEWEST_ROWS:
            drawings.append(_draw(summary, metric, detector, rows))
    return drawings


def _row_name(row: Mapping[str, Any], summary: Mapping[str, Any]) -> str:
    """Return what a row is called: only what differs between rows."""
    parts = [row["dataset"]] if len(summary["datasets"]) > 1 else []
    parts += [row["variant"] or "default"] if row["variant"] or not parts else []
    return ", ".join(parts)


def _draw(summary: Mapping[str, Any], metric: str, detector: str, rows: Sequence[Mapping[str, Any]]) -> Drawing:
    label = metric_words(metric).label
    name = f"gains-{metric.replace('_', '-')}-{slug(detector)}"
    levels = list(dict.fromkeys(row["level"] for row in sorted(rows, key=lambda row: row["contamination"])))
    shown = levels if len(levels) <= 5 else [*levels[:1], *levels[-4:]]
    order = _ordered(rows, summary, levels)
    reach = _reach(rows)
    with house_style(name):
        figure = Figure(figsize=(10.0, 0.95 + 0.24 * len(order)), layout="constrained")
        axes = figure.subplots(1, len(shown), squeeze=False, sharey=True, sharex=True).ravel()
        for ax, level in zip(axes, shown, strict=True):
            ax.set_title(f"{level} contamination" if level == shown[0] else level)
            _draw_column(ax, [row for row in rows if row["level"] == level], order, summary, reach)
        axes[0].set_yticks(range(len(order)), order)
        axes[0].set_ylim(len(order) - 0.4, -0.6)
        pad = 0.05 * sum(reach)
        axes[0].set_xlim(-reach[0] - pad, reach[1] + pad)
        figure.supxlabel(f"{label} gained by refinement, points", fontsize=9)
        handles = [Line2D([], [], color=color, marker=mark, label=text) for color, mark, text in _LOOKS.values()]
        figure.legend(handles=handles, loc="outside upper left", ncols=3)
        return finish(figure, name, "gains", f"{label} gained by refinement, {detector}", _CAPTION)


def _ordered(rows: Sequence[Mapping[str, Any]], summary: Mapping[str, Any], levels: Sequence[str]) -> list[str]:
    """Return the rows' names, the largest gain at the highest contamination first."""
    gains: dict[str, float] = {}
    for level in levels:
        gains.update({_row_name(row, summary): row["gain"] for row in rows if row["level"] == level})
    return sorted(gains, key=lambda name: (-gains[name], name))


def _reach(rows: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """Return how far the axis goes to the left and right, in points: one wild table must not flatten all the others."""
    lows = np.array([100.0 * (row["gain"] if row["low"] is None else row["low"]) for row in rows])
    highs = np.array([100.0 * (row["gain"] if row["high"] is None else row["high"]) for row in rows])
    return _robust(-lows), _robust(highs)


def _robust(ends: np.ndarray) -> float:
    usual = max(2.0, 1.8 * float(np.percentile(ends, 90)))
    return min(usual, max(2.0, float(ends.max())))


def _draw_column(
    ax: Axes,
    rows: Sequence[Mapping[str, Any]],
    order: Sequence[str],
    summary: Mapping[str, Any],
    reach: tuple[float, float],
) -> None:
    ax.axvline(0.0, color=INK, linewidth=0.9)
    ax.tick_params(axis="y", length=0)
    for row in rows:
        y = order.index(_row_name(row, summary))
        gain = 100.0 * row["gain"]
        color, marker, _ = _LOOKS[row["verdict"]]
        if not -reach[0] <= gain <= reach[1]:
            _draw_beyond(ax, gain, y, color, reach)
            continue
        if row["low"] is not None:
            ends = np.clip([100.0 * row["low"], 100.0 * row["high"]], -reach[0], reach[1])
            ax.plot(ends, [y, y], color=color, linewidth=1.6, solid_capstyle="butt")
        ax.plot([gain], [y], color=color, marker=marker, linestyle="none")


def _draw_beyond(ax: Axes, gain: float, y: int, color: str, reach: tuple[float, float]) -> None:
    right = gain > 0
    edge = reach[1] if right else -reach[0]
    ax.plot([edge], [y], color=color, marker=">" if right else "<", linestyle="none", markersize=6)
    shift = (-7, 0) if right else (7, 0)
    text = f"{gain:+.0f}".replace("-", "−")
    ax.annotate(
        text, (edge, y), shift, textcoords="offset points", ha="right" if right else "left", va="center", fontsize=8
    )
