"""One drawing as a file of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from dross.errors import DataError
from dross.files import atomic_path

if TYPE_CHECKING:
    from dross.report.plot_style import Drawing


def write_drawing(drawing: Drawing, path: str | os.PathLike[str]) -> Path:
    """Write a drawing as SVG or PNG, by the path's ending.

    Raises
    ------
    DataError
        If the ending is another, or the file cannot be written.
    """
    path = Path(path)
    contents = {".svg": drawing.svg.encode(), ".png": drawing.png}.get(path.suffix.lower())
    if contents is None:
        raise DataError(f"{path}: a drawing is written as .svg or .png, not as '{path.suffix}'")
    with atomic_path(path) as temporary:
        temporary.write_bytes(contents)
    return path
