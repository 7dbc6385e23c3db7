"""How the losses of a detector that reconstructs went, term by term."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from dross.report.plot_style import BLUE, GREEN, INK, ORANGE, PURPLE, SKY, VERMILLION, Drawing, finish, house_style

#: Colour and dash of each term, in the order in which they appear.
_LOOKS = ((BLUE, "-"), (VERMILLION, "--"), (GREEN, ":"), (ORANGE, "-."), (PURPLE, "--"), (SKY, "-."), (BLUE, ":"))
_KNOWN = ("epoch", "n_samples")


def loss_drawings(rows: Sequence[Mapping[str, Any]]) -> list[Drawing]:
    """Return the loss curves of each detector that reconstructs and was trained.

    Parameters
    ----------
    rows : sequence of mapping
        With ``name``, ``detector`` and ``record``, as ``reconstruction_rows`` returns them.
    """
    return [_draw(row) for row in rows if len(row["record"]["history"]) > 1]


def _draw(row: Mapping[str, Any]) -> Drawing:
    history = row["record"]["history"]
    terms = [key for key in history[-1] if key not in _KNOWN]
    if len(terms) == 2:  # the loss and its only term are one and the same
        terms = ["loss"]
    columns = min(len(terms), 4)
    lines = -(-len(terms) // columns)
    name = f"losses-{row['name']}"
    with house_style(name):
        figure = Figure(figsize=(max(3.2, 2.5 * columns), 1.75 * lines + 0.35))
        for place, term in enumerate(terms):
            ax = figure.add_subplot(lines, columns, place + 1)
            color, dash = _LOOKS[place % len(_LOOKS)]
            known = [(record["epoch"], record[term]) for record in history if term in record]
            ax.plot(*zip(*known, strict=True), color=INK if term == "loss" else color, linestyle=dash, linewidth=1.5)
            ax.set_title(term)
            ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))
            ax.yaxis.set_major_locator(MaxNLocator(4))
            if place // columns == lines - 1:
                ax.set_xlabel("epoch")
        figure.tight_layout(pad=0.5)
        caption = (
            "The mean of the loss over each epoch and, where it has several, of its terms, each on its own scale. The "
            "losses of players in a game need not fall."
        )
        return finish(figure, name, "reconstruction", f"Losses of {row['detector']}", caption)
