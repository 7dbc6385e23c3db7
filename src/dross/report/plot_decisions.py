"""What was decided about the test samples: confusion matrices, and how far probabilities can be believed."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from dross.report.findings import named
from dross.report.plot_panels import label_axes, panel_grid, slug
from dross.report.plot_style import BLUE, INK, VERMILLION, Drawing, finish, house_style

#: Panels of a figure; what is left is in the table.
_MOST_PANELS = 12

#: Each kind of decision with its place in the matrix: column (no alarm, alarm) and row (anomaly below normal).
_PLACES = {"correct_rejections": (0, 1), "false_alarms": (1, 1), "misses": (0, 0), "hits": (1, 0)}
_RIGHT = ("correct_rejections", "hits")


def confusion_drawings(summary: Mapping[str, Any]) -> list[Drawing]:
    """Return the figure of confusion matrices of each data set; none where no decisions were kept."""
    drawings = []
    for dataset in dict.fromkeys(row["dataset"] for row in summary["confusions"]):
        rows = [row for row in summary["confusions"] if row["dataset"] == dataset]
        name = f"confusion-{slug(dataset)}"
        with house_style(name):
            figure, axes = panel_grid(min(len(rows), _MOST_PANELS), share_y=True, height=1.5)
            for ax, row in zip(axes, rows, strict=False):
                _titled(ax, row)
                _draw_matrix(ax, row)
            label_axes(figure, axes, "decision", "truth")
            several = max(row["n_runs"] for row in rows) > 1
            caption = "Test samples by truth and decision" + (", mean over seeds or folds" if several else "")
            caption += "; shaded by their share of a row. Right decisions are on the falling diagonal."
            if len(rows) > _MOST_PANELS:
                caption += f" The {_MOST_PANELS} of {len(rows)} methods with the highest accuracy."
            drawings.append(finish(figure, name, "decisions", f"Confusion matrices, {dataset}", caption))
    return drawings


def _titled(ax: Axes, row: Mapping[str, Any]) -> None:
    lines = textwrap.wrap(named(row), 30, max_lines=2, placeholder=" …")
    ax.set_title("\n".join(lines), fontsize=7.5)


def _draw_matrix(ax: Axes, row: Mapping[str, Any]) -> None:
    for kind, (column, line) in _PLACES.items():
        of_row = sum(row[other] for other, place in _PLACES.items() if place[1] == line)
        share = row[kind] / of_row if of_row else 0.0
        colour = BLUE if kind in _RIGHT else VERMILLION
        ax.add_patch(Rectangle((column, line), 1, 1, facecolor=colour, alpha=0.05 + 0.5 * share, linewidth=0))
        count = f"{row[kind]:.0f}" if float(row[kind]).is_integer() else f"{row[kind]:.1f}"
        ax.text(column + 0.5, line + 0.56, count, ha="center", va="center", fontsize=11, fontweight="bold")
        ax.text(column + 0.5, line + 0.25, f"{100 * share:.0f} %", ha="center", va="center", fontsize=7.5)
    ax.set_xlim(0, 2)
    ax.set_ylim(0, 2)
    ax.set_xticks([0.5, 1.5], ["no alarm", "alarm"])
    ax.set_yticks([0.5, 1.5], ["anomaly", "normal"], rotation=90, va="center")
    ax.tick_params(length=0)
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set_visible(False)


def calibration_drawings(summary: Mapping[str, Any]) -> list[Drawing]:
    """Return the figure of calibration curves of each data set; none where no scores are probabilities."""
    drawings = []
    for dataset in dict.fromkeys(row["dataset"] for row in summary["calibration"]):
        rows = [row for row in summary["calibration"] if row["dataset"] == dataset]
        name = f"calibration-{slug(dataset)}"
        with house_style(name):
            figure, axes = panel_grid(min(len(rows), _MOST_PANELS), share_y=True, height=1.7)
            for ax, row in zip(axes, rows, strict=False):
                _titled(ax, row)
                _draw_reliability(ax, row)
            label_axes(figure, axes, "predicted probability of an anomaly, %", "share of anomalies, %")
            caption = (
                "Test samples of all seeds or folds in ten bins of their predicted probability; the area of a mark "
                "stands for the number of its samples. On the line, probabilities can be believed; the number is the "
                "expected calibration error, in points."
            )
            if len(rows) > _MOST_PANELS:
                caption += f" The first {_MOST_PANELS} of {len(rows)} methods."
            drawings.append(finish(figure, name, "decisions", f"Calibration curves, {dataset}", caption))
    return drawings


def _draw_reliability(ax: Axes, row: Mapping[str, Any]) -> None:
    ax.plot([0, 100], [0, 100], color=INK, alpha=0.35, linewidth=0.8)
    x, y = ([100 * value for value in row[key]] for key in ("predicted", "share"))
    ax.plot(x, y, color=BLUE, linewidth=1.3)
    ax.scatter(x, y, s=_areas(row["count"]), color=BLUE, linewidths=0, alpha=0.75, zorder=3)
    error = f"{100 * row['error']:.1f}"
    ax.text(0.03, 0.97, error, transform=ax.transAxes, ha="left", va="top", fontsize=9, fontweight="bold")
    ax.set_xlim(-3, 103)
    ax.set_ylim(-3, 103)
    ax.set_xticks([0, 50, 100])
    ax.set_yticks([0, 50, 100])


def _areas(counts: Sequence[int]) -> list[float]:
    return [10 + 110 * count / max(counts) for count in counts]
