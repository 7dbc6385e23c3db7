"""Made-up products: small grey pictures of a few kinds, each unlike the other, and defects on some of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Pixels a side.
SIDE = 32
#: How much a kind's pictures vary, so that the same score means another thing of each.
NOISE = (3.0, 12.0, 25.0)


def products(
    kind: int, n_images: int, *, n_defective: int = 0, seed: int = 0, side: int = SIDE
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return grey pictures (n, side, side) of stripes (0), of a disc (1) or of a frame (2), and which have a spot.

    The last ``n_defective`` do.
    """
    rng = np.random.default_rng([seed, kind])
    down, right = np.mgrid[:side, :side] / side
    drawn = [
        127 + 80 * np.sin(40 * right),
        np.where(np.hypot(down - 0.5, right - 0.5) < 0.35, 200, 40),
        np.where(np.maximum(abs(down - 0.5), abs(right - 0.5)) > 0.3, 60, 170),
    ][kind]
    images = drawn + rng.normal(0, NOISE[kind], size=(n_images, side, side))
    labels = np.zeros(n_images, dtype=np.int64)
    labels[n_images - n_defective :] = 1
    for number in np.flatnonzero(labels):
        top, left = rng.integers(side // 8, side - side // 3, size=2)
        images[number, top : top + side // 6, left : left + side // 6] += 3 * NOISE[kind]
    return np.clip(images, 0, 255).astype(np.uint8), labels


def mixed(
    sizes: tuple[int, ...], *, defective: float = 0.0, seed: int = 0
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """Return so many pictures of each kind, shuffled, their kinds, and whether they are defective."""
    parts = [products(kind, n, n_defective=round(defective * n), seed=seed) for kind, n in enumerate(sizes)]
    order = np.random.default_rng(seed).permutation(sum(sizes))
    kinds = np.repeat(np.arange(len(sizes)), sizes)
    return np.concatenate([x for x, _ in parts])[order], kinds[order], np.concatenate([y for _, y in parts])[order]
