"""Maps of the features, stage by stage: whether what was dropped lies apart from what was kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray

from dross.report.plot_style import BLUE, GREY, VERMILLION, Drawing, SeriesStyle, finish, house_style
from dross.scoring import ANOMALY, NORMAL, UNKNOWN

#: Each group of points: kept or not, label, look. Colour says what an image is, the sign what became of it.
_GROUPS = (
    (True, UNKNOWN, SeriesStyle("kept", GREY, "o")),
    (False, UNKNOWN, SeriesStyle("dropped", VERMILLION, "x")),
    (True, NORMAL, SeriesStyle("normal, kept", GREY, "o")),
    (False, NORMAL, SeriesStyle("normal, lost", BLUE, "+")),
    (False, ANOMALY, SeriesStyle("contaminant, dropped", VERMILLION, "x")),
    (True, ANOMALY, SeriesStyle("contaminant, kept", VERMILLION, "^")),
)

#: The strokes of each sign around its point, in parts of the panel's width.
_STROKES = {
    # A line of no length with round ends is a dot, in a third of the characters that a circle takes.
    "o": (((0.0, 0.0), (1e-6, 0.0)),),
    "x": (((-1.0, -1.0), (1.0, 1.0)), ((-1.0, 1.0), (1.0, -1.0))),
    "+": (((-1.3, 0.0), (1.3, 0.0)), ((0.0, -1.3), (0.0, 1.3))),
    "^": (((-1.2, -0.9), (0.0, 1.3), (1.2, -0.9), (-1.2, -0.9)),),
}
_SIZE = 0.0125

#: Of the figure, in inches: its width with four panels, what is left between them, above all and above each for words.
_WIDTH, _BETWEEN, _TOP, _TITLE = 10.0, 0.15, 0.35, 0.3

_LINE_WIDTHS = {"o": 2.6, "x": 1.2, "+": 1.2, "^": 1.3}

_CAPTION = (
    "t-SNE (van der Maaten and Hinton, 2008) of the training features after each stage. Near points are alike to the "
    "network; distances between far groups, and the directions, mean nothing. "
)


def map_drawings(galleries: Sequence[Mapping[str, Any]]) -> list[Drawing]:
    """Return one figure of maps for each gallery whose detector has stages.

    Parameters
    ----------
    galleries : sequence of mapping
        With ``name`` and ``record``, as ``gallery_rows`` returns them.
    """
    return [_draw(row["name"], row["record"]["maps"]) for row in galleries if row["record"]["maps"]]


def _draw(name: str, maps: Mapping[str, Any]) -> Drawing:
    kept, labels = np.asarray(maps["kept"], dtype=bool), np.asarray(maps["label"])
    groups = [(mask, style) for fate, label, style in _GROUPS if (mask := (kept == fate) & (labels == label)).any()]
    with house_style(f"map-{name}"):
        figure, axes = _map_grid(len(maps["stages"]))
        for ax, stage in zip(axes, maps["stages"], strict=True):
            ax.set_title(stage["name"])
            draw_points(ax, np.column_stack([stage["x"], stage["y"]]), groups)
        handles, names = axes[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="upper left", ncols=len(names), borderaxespad=0.1, handletextpad=0.2)
        drawing = finish(figure, f"map-{name}", "galleries", "Maps of the features", _CAPTION + _drawn(maps))
    return replace(drawing, inline_svg=dots_shortened(drawing.inline_svg), svg=dots_shortened(drawing.svg))


def dots_shortened(svg: str) -> str:
    """Return the SVG with its dots, lines from a point to the same point, in half the characters."""
    return re.sub(r"M (\S+) (\S+) \nL \1 \2 ?\n?", r"M\1 \2h0", svg)


def _map_grid(n_maps: int) -> tuple[Figure, list[Axes]]:
    """Return a figure with that many square panels without scales, at most four in a row, and its axes in order."""
    columns = min(n_maps, 4)
    rows = -(-n_maps // columns)
    side = _WIDTH / 4 - _BETWEEN
    wide, high = max(columns * (side + _BETWEEN), 6.0), _TOP + rows * (side + _TITLE)
    figure = Figure(figsize=(wide, high))
    axes = []
    for place in range(n_maps):
        row, column = divmod(place, columns)
        bottom = high - _TOP - (row + 1) * (side + _TITLE) + 0.02
        box = (column * (side + _BETWEEN) + 0.02, bottom, side, side)
        axes.append(figure.add_axes((box[0] / wide, box[1] / high, box[2] / wide, box[3] / high)))
    return figure, axes


def _drawn(maps: Mapping[str, Any]) -> str:
    drawn, total = len(maps["index"]), maps["n_samples"]
    if drawn == total:
        return f"All {total:,} images are drawn."
    return f"Drawn are {drawn:,} of the {total:,} images, with small groups drawn in full or more densely."


def draw_points(ax: Axes, points: NDArray[np.float64], groups: Sequence[tuple[NDArray[np.bool_], SeriesStyle]]) -> None:
    """Draw the points of one map into a panel without scales.

    Parameters
    ----------
    ax : Axes
        The panel.
    points : array of shape (n, 2)
        In [0, 1].
    groups : sequence of (mask, style)
        Which points are drawn how.
    """
    for mask, style in groups:
        ax.add_patch(
            PathPatch(
                _signs(points[mask], style.marker),
                facecolor="none",
                edgecolor=style.color,
                linewidth=_LINE_WIDTHS[style.marker],
                capstyle="round",
                joinstyle="round",
                snap=False,  # snapped to pixels, both ends of a dot are one, and nothing is drawn
                alpha=0.55 if style.marker == "o" else 1.0,
            )
        )
        sign = Line2D([], [], color=style.color, marker=style.marker, linestyle="none", label=style.label)
        sign.set_markerfacecolor("none" if style.marker == "^" else style.color)
        ax.add_line(sign)
    ax.set_xlim(-0.03, 1.03)
    ax.set_ylim(-0.03, 1.03)
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set_visible(True)
        spine.set_alpha(0.25)
    ax.set_xticks([])
    ax.set_yticks([])


def _signs(points: NDArray[np.float64], marker: str) -> Path:
    """Return all signs of one group as one path: an element for each point would make the page ten times larger."""
    vertices, codes = [], []
    for stroke in _STROKES[marker]:
        steps = np.asarray(stroke) * _SIZE
        vertices.append(points[:, None, :] + steps)
        codes.append(np.tile([Path.MOVETO] + [Path.LINETO] * (len(steps) - 1), (len(points), 1)))
    path = Path(
        np.concatenate([v.reshape(-1, 2) for v in vertices]),
        np.concatenate([c.ravel() for c in codes]).astype(np.uint8),
    )
    path.should_simplify = False
    return path
