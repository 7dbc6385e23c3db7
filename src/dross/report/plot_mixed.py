"""Pooled AUROC of mixed parts beside the mean within categories, a line a method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dross.evaluation.category_metrics import WITHIN
from dross.report.findings import named
from dross.report.plot_style import BLUE, ORANGE, Drawing, finish, house_style

#: Colour, marker and name of what is drawn of each method, and how far from its line.
_SERIES = (
    ("auroc", BLUE, "o", "all parts pooled", -0.12),
    (WITHIN, ORANGE, "D", "mean within categories", 0.12),
)


def mixed_drawings(summary: Mapping[str, Any]) -> list[Drawing]:
    """Return the figure of mixed parts; none where no parts were mixed.

    Parameters
    ----------
    summary : mapping
        What ``summarize`` returned.
    """
    rows = summary["mixed"]
    if not rows:
        return []
    from matplotlib.figure import Figure

    with house_style("mixed"):
        figure = Figure(figsize=(6.4, 0.9 + 0.42 * len(rows)), layout="constrained")
        ax = figure.add_subplot()
        for key, color, marker, label, offset in _SERIES:
            mine = [(place + offset, row["pooled"][key]) for place, row in enumerate(rows) if key in row["pooled"]]
            shown = [(place, value) for place, value in mine if value["mean"] is not None]
            for place, value in shown:
                if value["low"] is not None:
                    ax.plot([100 * value["low"], 100 * value["high"]], [place] * 2, color=color, linewidth=1.4)
            means = [100 * value["mean"] for _, value in shown]
            ax.plot(means, [place for place, _ in shown], marker, color=color, label=label)
        ax.set_yticks(range(len(rows)), [named(row) for row in rows])
        ax.invert_yaxis()
        ax.set_xlabel("AUROC, %")
        ax.legend(loc="best")
        caption = (
            "Means over seeds with 95 % bootstrap intervals over test images and seeds. Within a category only its own "
            "images are compared: how far the pooled mark lies to the left is what unlike scales cost."
        )
        return [finish(figure, "mixed", "mixed", "AUROC pooled and within categories", caption)]
