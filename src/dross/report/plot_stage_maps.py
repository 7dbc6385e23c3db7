"""Maps of test images after each stage of a classifier's network: where normals and anomalies part, and errors lie."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from dross.evaluation.results import RunRow
from dross.report.plot_maps import dots_shortened, draw_points
from dross.report.plot_panels import slug
from dross.report.plot_style import BLUE, GREY, VERMILLION, Drawing, SeriesStyle, finish, house_style
from dross.scoring import ANOMALY, NORMAL

#: Each group of points: whether an alarm was raised, label, look. Colour says what an image is, the sign what is said.
_GROUPS = (
    (False, NORMAL, SeriesStyle("normal, no alarm", GREY, "o")),
    (True, ANOMALY, SeriesStyle("anomaly, alarm", VERMILLION, "+")),
    (True, NORMAL, SeriesStyle("normal, false alarm", BLUE, "x")),
    (False, ANOMALY, SeriesStyle("anomaly, missed", VERMILLION, "^")),
)

#: Of the figure, in inches: a panel's side, what is left between them, above all for the legend, above each for words.
_SIDE, _BETWEEN, _TOP, _TITLE = 1.75, 0.12, 0.35, 0.28

_CAPTION = (
    "What each stage of the network makes of test images as they are. Above t-SNE (van der Maaten and Hinton, 2008): "
    "near points are alike to the network; distances between far groups mean nothing. Below two principal components, "
    "with their share of the variance, whose distances do. The output is no map but the numbers themselves"
)


def stage_map_rows(runs: Iterable[RunRow]) -> list[dict[str, Any]]:
    """Return the maps that runs recorded, each with its run and a name that is safe in a file name.

    Parameters
    ----------
    runs : iterable of RunRow
        Those whose details have ``"stage_maps"``, which `dross.evaluation.stage_maps.stage_maps` made, give one each.
    """
    rows = []
    for run in runs:
        maps = run.details.get("stage_maps")
        if run.status == "done" and maps:
            key = run.key
            title = " ".join(filter(None, (key.detector, key.variant)))
            name = slug(f"{key.dataset} {title} seed {key.seed}")
            rows.append({"dataset": key.dataset, "title": title, "seed": key.seed, "name": name, "maps": maps})
    return rows


def stage_map_drawings(rows: Sequence[Mapping[str, Any]]) -> list[Drawing]:
    """Return one figure of maps for each run that recorded some.

    Parameters
    ----------
    rows : sequence of mapping
        With ``dataset``, ``title``, ``name`` and ``maps``, as `stage_map_rows` returns them.
    """
    return [_draw(row) for row in rows]


def _draw(row: Mapping[str, Any]) -> Drawing:
    maps, name = row["maps"], f"stages-{row['name']}"
    alarms, labels = np.asarray(maps["alarm"], dtype=bool), np.asarray(maps["label"])
    groups = [(mask, style) for fate, label, style in _GROUPS if (mask := (alarms == fate) & (labels == label)).any()]
    with house_style(name):
        figure = _figure(len(maps["stages"]))
        for column, stage in enumerate(maps["stages"]):
            for line, (words, points) in enumerate(_maps_of(stage)):
                draw_points(_panel(figure, line, column, words), points, groups)
        handles, names = figure.axes[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="upper left", ncols=len(names), borderaxespad=0.1, handletextpad=0.2)
        title = f"Stages of {row['title']} on {row['dataset']}"
        drawing = finish(figure, name, "stages", title, _CAPTION + _about_output(maps) + _drawn(maps))
    return replace(drawing, inline_svg=dots_shortened(drawing.inline_svg), svg=dots_shortened(drawing.svg))


def _maps_of(stage: Mapping[str, Any]) -> list[tuple[str, NDArray[np.float64]]]:
    """Return the maps of a stage, from above: what is written above each, and its points."""
    if "plain" in stage:
        return [(stage["name"], _points(stage["plain"]))]
    share = f"{100 * stage['pca']['share']:.0f} % of variance"
    return [(stage["name"], _points(stage["tsne"])), (share, _points(stage["pca"]))]


def _points(layout: Mapping[str, Any]) -> NDArray[np.float64]:
    return np.column_stack([layout["x"], layout["y"]])


def _figure(n_stages: int) -> Figure:
    return Figure(figsize=(max(n_stages * (_SIDE + _BETWEEN), 6.0), _TOP + 2 * (_SIDE + _TITLE)))


def _panel(figure: Figure, line: int, column: int, title: str) -> Axes:
    """Return the axes of one map, with its title."""
    wide, high = figure.get_size_inches()
    left, bottom = column * (_SIDE + _BETWEEN) + 0.02, high - _TOP - (line + 1) * (_SIDE + _TITLE) + 0.02
    axes = figure.add_axes((left / wide, bottom / high, _SIDE / wide, _SIDE / high))
    axes.set_title(title)
    return axes


def _about_output(maps: Mapping[str, Any]) -> str:
    if "plain" not in maps["stages"][-1]:
        return ". "
    return ": two across and up, or one across, where up and down only keep points apart. "


def _drawn(maps: Mapping[str, Any]) -> str:
    drawn, total = len(maps["index"]), maps["n_samples"]
    if drawn == total:
        return f"All {total:,} test images are drawn."
    return f"Drawn are {drawn:,} of the {total:,} test images, with small groups drawn in full or more densely."
