"""A folder of dirty images as users bring it: small pictures of one kind, and a few that stand out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

#: The images that are anomalous, by number.
BAD = (3, 17, 31)


def dirty_images(n_images: int = 60, *, bad: tuple[int, ...] = BAD, seed: int = 0, side: int = 8) -> NDArray[np.uint8]:
    """Return grey images of shape (n_images, side, side): a bright left half; of bad ones the lower half."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 40, (n_images, side, side), dtype=np.uint8)
    for number, image in enumerate(images):
        half = image[side // 2 :] if number in bad else image[:, : side // 2]
        half += np.uint8(180)
    return images


def write_folder(folder: Path, images: NDArray[np.uint8]) -> Path:
    """Write images as PNG files ``0.png``, ``1.png`` and so on, every fifth in a folder below."""
    (folder / "more").mkdir(parents=True)
    for number, image in enumerate(images):
        Image.fromarray(image).save(folder / name_of(number))
    return folder


def name_of(number: int) -> str:
    """Return the name of an image in the folder."""
    return f"more/{number}.png" if number % 5 == 4 else f"{number}.png"
