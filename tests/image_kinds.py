"""What the same pictures may come as: an array of any layout, files, or floats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dross.data.images import as_images


def as_files(X: NDArray[np.uint8], folder: Path) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{number}.png" for number in range(len(X))]
    for path, image in zip(paths, X, strict=True):
        Image.fromarray(image.squeeze(2) if image.shape[2] == 1 else image).save(path)
    return paths


#: Other things that the same pictures may come as.
KINDS: dict[str, Callable[[NDArray[np.uint8], Path], Any]] = {
    "Images": lambda X, folder: as_images(X),
    "a part of Images": lambda X, folder: as_images(np.concatenate([X[:2], X]))[2:],
    "files": as_files,
    "float64": lambda X, folder: X / 255.0,
    "float32": lambda X, folder: (X / 255.0).astype(np.float32),
    "a list of arrays": lambda X, folder: list(X),
    "Fortran's order": lambda X, folder: np.asfortranarray(X),
    "strides": lambda X, folder: np.repeat(X, 2, axis=0)[::2],
    "channels first in memory": lambda X, folder: X.transpose(0, 3, 1, 2).copy().transpose(0, 2, 3, 1),
}
