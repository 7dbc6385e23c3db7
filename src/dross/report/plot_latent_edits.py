"""What single numbers of a code stand for: an image, and what becomes of it when they are changed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from dross.report.plot_style import Drawing, finish, house_style

#: Pictures in a row, and the inches each takes.
_COLUMNS, _INCHES = 6, 1.55

_CAPTION = (
    "The image, its reconstruction, and reconstructions from the same code with the named numbers changed: z[i] is the "
    "i-th number of the code. Above each, by how much its pixels differ from the reconstruction on average, in percent "
    "of the range."
)


def draw_latent_edits(name: str, pictures: Sequence[tuple[str, NDArray[np.uint8]]]) -> Drawing:
    """Return a figure of an image and of its edits.

    Parameters
    ----------
    name : str
        Of the detector.
    pictures : sequence of (str, array of shape (h, w, c), uint8)
        The image itself, its reconstruction, and the edits, each with its name.
    """
    rows = -(-len(pictures) // _COLUMNS)
    with house_style(f"latent-edits-{name}"):
        figure = Figure(figsize=(_COLUMNS * _INCHES + 0.2, rows * (_INCHES + 0.45) + 0.1))
        reference = pictures[1][1].astype(float)
        for place, (title, picture) in enumerate(pictures):
            ax = figure.add_subplot(rows, _COLUMNS, place + 1)
            ax.imshow(picture.squeeze(), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
            change = np.abs(picture - reference).mean() / 255.0
            ax.set_title(title if place < 2 else f"{title}\n{100 * change:.1f} %", fontsize=8, fontweight="normal")
            ax.axis("off")
        figure.tight_layout(pad=0.4)
        return finish(figure, f"latent-edits-{name}", "method", f"Edits of the code of {name}", _CAPTION)
