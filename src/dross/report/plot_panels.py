"""Small multiples: which panels go into one figure, and how they are laid out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

#: More panels than this make a second figure.
_MOST_PANELS = 20

#: Margins of a figure and the space between rows of panels, in inches.
_LEFT, _RIGHT, _TOP, _BOTTOM, _BETWEEN = 0.72, 0.1, 0.55, 0.5, 0.52


@final
@dataclass(frozen=True)
class PanelGroup:
    """The panels of one figure: one detector or data set is fixed, the other differs from panel to panel.

    Parameters
    ----------
    fixed, varies : str
        "detector" and "dataset", or the reverse.
    name : str
        The name of the fixed thing; empty where there is only one.
    slug : str
        For the file name.
    panels : tuple of str
        The names of what varies, one a panel.
    """

    fixed: str
    varies: str
    name: str
    slug: str
    panels: tuple[str, ...]

    def select(self, rows: Sequence[Mapping[str, Any]], panel: str) -> list[Mapping[str, Any]]:
        """Return the rows that belong in one panel."""
        return [row for row in rows if row[self.fixed] == self.name and row[self.varies] == panel]


def panel_groups(summary: Mapping[str, Any]) -> list[PanelGroup]:
    """Return the figures that a comparison over data sets and detectors needs: as few as possible.

    Many data sets and few detectors make one figure a detector with a panel for each data set; one data set and many
    detectors make one figure with a panel for each detector.
    """
    datasets = [row["name"] for row in summary["datasets"]]
    detectors = list(summary["detectors"])
    fixed, varies = ("dataset", "detector") if len(datasets) <= len(detectors) else ("detector", "dataset")
    names, panels = (datasets, detectors) if fixed == "dataset" else (detectors, datasets)
    groups = []
    for name in names:
        for start in range(0, len(panels), _MOST_PANELS):
            part = f"-{start // _MOST_PANELS + 1}" if len(panels) > _MOST_PANELS else ""
            groups.append(
                PanelGroup(fixed, varies, name, slug(name) + part, tuple(panels[start : start + _MOST_PANELS]))
            )
    return groups


def slug(name: str) -> str:
    """Return a name that is safe in a file name.

    Examples
    --------
    >>> slug("adbench/Thyroid 2"), slug("../..")
    ('adbench-thyroid-2', 'x')
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "x"


def panel_grid(n_panels: int, *, share_y: bool, height: float = 1.5) -> tuple[Figure, list[Axes]]:
    """Return a figure with that many panels, at most four in a row, and its axes in reading order.

    Margins are fixed, in inches: matplotlib's own layout engines take a second a figure with twenty panels.

    Parameters
    ----------
    n_panels : int
        At least 1.
    share_y : bool
        Whether all panels have the same vertical axis.
    height : float
        Of a panel where there are four in a row, in inches.
    """
    columns = min(n_panels, 4)
    rows = -(-n_panels // columns)
    total = {1: 5.8, 2: 8.4}.get(columns, 10.0)
    high = {1: 2.6, 2: 2.2, 3: 1.95}.get(columns, height)
    gap = 0.16 if share_y else 0.42
    wide = (total - _LEFT - _RIGHT - gap * (columns - 1)) / columns
    figure = Figure(figsize=(total, _TOP + _BOTTOM + rows * high + (rows - 1) * _BETWEEN))
    figure.subplots_adjust(
        left=_LEFT / total,
        right=1 - _RIGHT / total,
        bottom=_BOTTOM / figure.get_figheight(),
        top=1 - _TOP / figure.get_figheight(),
        wspace=gap / wide,
        hspace=_BETWEEN / high,
    )
    axes = figure.subplots(rows, columns, squeeze=False, sharey=share_y).ravel().tolist()
    for unused in axes[n_panels:]:
        unused.remove()
    return figure, axes[:n_panels]


def label_axes(figure: Figure, axes: Sequence[Axes], across: str, up: str) -> None:
    """Name the axes once for all panels, and put one legend above them with each label once."""
    height = figure.get_figheight()
    figure.text(0.5, 0.12 / height, across, ha="center", va="baseline", fontsize=9)
    middle = (_BOTTOM + height - _TOP) / 2 / height
    figure.text(0.2 / figure.get_figwidth(), middle, up, rotation=90, ha="center", va="center", fontsize=9)
    entries: dict[str, Any] = {}
    for ax in axes:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
    if entries:
        columns = _legend_columns(list(entries), figure.get_figwidth())
        legend = figure.legend(
            list(entries.values()),
            list(entries),
            loc="upper left",
            bbox_to_anchor=(0.0, 1.0),
            ncols=columns,
            borderaxespad=0.1,
        )
        _make_room(figure, legend_rows=-(-len(entries) // columns))
        legend.set_zorder(10)


def _legend_columns(labels: Sequence[str], width: float) -> int:
    """Return how many columns of labels fit: about 0.07 inch a letter, and half an inch for the sample of the line."""
    widths = [0.6 + 0.07 * len(label) for label in labels]
    columns = len(labels)
    while columns > 1 and sum(max(widths[start::columns]) for start in range(columns)) > width:
        columns -= 1
    return columns


def _make_room(figure: Figure, legend_rows: int) -> None:
    """Grow the figure upwards for every row of the legend beyond the first, and keep the panels as they are."""
    extra = 0.2 * (legend_rows - 1)
    old = figure.get_figheight()
    new = old + extra
    figure.set_figheight(new)
    figure.subplots_adjust(bottom=_BOTTOM / new, top=(old - _TOP) / new)
    for text in figure.texts:
        text.set_y(text.get_position()[1] * old / new)


def say_empty(ax: Axes, text: str) -> None:
    """Say inside a panel why nothing is drawn there."""
    ax.text(0.5, 0.5, text, transform=ax.transAxes, ha="center", va="center", fontsize=8, alpha=0.75)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(False)
