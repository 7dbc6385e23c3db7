"""How refinement went, round by round: what was kept, what was dropped, and the self-supervised loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from dross.report.averages import percent
from dross.report.plot_panels import PanelGroup, label_axes, panel_grid, panel_groups, say_empty
from dross.report.plot_style import BLUE, GREY, VERMILLION, Drawing, SeriesStyle, finish, house_style

_SHARES = (
    ("kept_share", SeriesStyle("training samples kept", GREY, "s", "--")),
    ("dropped_contaminants", SeriesStyle("contaminants dropped", BLUE, "o")),
    ("lost_normals", SeriesStyle("normals lost", VERMILLION, "D", "-.")),
)
_SHARE_CAPTION = (
    "Means over seeds, at the highest contamination. Good refinement drops many contaminants and loses few normals. "
    "Contaminants dropped is not drawn where the training set has none."
)
_LOSS_CAPTION = (
    "The self-supervised loss on the kept samples, mean over seeds, at the lowest and the highest contamination."
)


def refinement_drawings(summary: Mapping[str, Any]) -> list[Drawing]:
    """Return the figures of the rounds, then those of the loss; none where no run recorded a trace."""
    rows = [row for row in summary["refinement"] if not row["variant"]] or list(summary["refinement"])
    if not rows:
        return []
    drawings = [_draw_shares(group, rows) for group in panel_groups(summary) if _any(group, rows)]
    trained = [row for row in rows if any(step["loss"] is not None for step in row["rounds"])]
    return drawings + [_draw_loss(group, trained) for group in panel_groups(summary) if _any(group, trained)]


def _any(group: PanelGroup, rows: Sequence[Mapping[str, Any]]) -> bool:
    return any(group.select(rows, panel) for panel in group.panels)


def _draw_shares(group: PanelGroup, rows: Sequence[Mapping[str, Any]]) -> Drawing:
    name = f"refinement-{group.slug}"
    with house_style(name):
        figure, axes = panel_grid(len(group.panels), share_y=True)
        for ax, panel in zip(axes, group.panels, strict=True):
            mine = group.select(rows, panel)
            ax.set_title(panel)
            if mine:
                _draw_rounds(ax, max(mine, key=lambda row: row["contamination"]))
            else:
                say_empty(ax, "no trace recorded")
        label_axes(figure, axes, "refinement round", "share, %")
        return finish(figure, name, "refinement", f"Refinement per round, {group.name}", _SHARE_CAPTION)


def _draw_rounds(ax: Axes, row: Mapping[str, Any]) -> None:
    for key, style in _SHARES:
        points = [(step["round"], 100.0 * step[key]) for step in row["rounds"] if step[key] is not None]
        if points:
            ax.plot(*zip(*points, strict=True), **style.line())
    ax.set_ylim(-4, 104)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6, min_n_ticks=1))
    if len(row["rounds"]) == 1:
        ax.set_xlim(0.5, 1.5)


def _draw_loss(group: PanelGroup, rows: Sequence[Mapping[str, Any]]) -> Drawing:
    name = f"loss-{group.slug}"
    panels = [panel for panel in group.panels if group.select(rows, panel)]
    with house_style(name):
        figure, axes = panel_grid(len(panels), share_y=False)
        for ax, panel in zip(axes, panels, strict=True):
            mine = sorted(group.select(rows, panel), key=lambda row: row["contamination"])
            ax.set_title(panel)
            # Epochs are whole numbers for most, and parts of one for a learner that needs less.
            ax.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
            ax.xaxis.set_major_formatter("{x:g}")
            styles = (SeriesStyle("", GREY, "s", "--"), SeriesStyle("", BLUE, "o"))
            for row, style in zip((mine[0], mine[-1])[: len(mine)], styles, strict=False):
                _draw_loss_line(ax, row, style)
        label_axes(figure, axes, "epoch", "self-supervised loss")
        return finish(figure, name, "refinement", f"Self-supervised loss, {group.name}", _LOSS_CAPTION)


def _draw_loss_line(ax: Axes, row: Mapping[str, Any], style: SeriesStyle) -> None:
    points = [(step["epoch"], step["loss"]) for step in row["rounds"] if step["loss"] is not None]
    label = f"{percent(row['contamination'])} contamination"
    ax.plot(*zip(*points, strict=True), **{**style.line(), "label": label})
