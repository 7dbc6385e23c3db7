"""Small images, and files of them of every kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def smooth(n: int = 1, height: int = 20, width: int = 24, channels: int = 3, seed: int = 0) -> NDArray[np.uint8]:
    """Return images (n, height, width, channels) without edges, which lossy files keep."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width]
    waves = rng.uniform(0.5, 2.0, size=(n, channels, 3))
    angle = (
        waves[..., 0, None, None] * rows / height
        + waves[..., 1, None, None] * columns / width
        + waves[..., 2, None, None]
    )
    return np.rint(127.5 + 127.5 * np.sin(3 * angle)).astype(np.uint8).transpose(0, 2, 3, 1)


def write_image(path: Path, pixels: NDArray[Any] | None = None, **options: Any) -> Path:
    """Write pixels (height, width, channels) to a file of the kind that its name says."""
    pixels = smooth()[0] if pixels is None else pixels
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels.squeeze(2) if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels).save(path, **options)
    return path
