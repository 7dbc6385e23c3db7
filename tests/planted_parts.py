"""Pictures of parts with a small defect planted in some of them, and where it is: what inspection must find."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

#: Pixels a side.
SIDE = 32


@dataclass(frozen=True)
class Parts:
    """Normal parts to learn from, and a test set with labels and masks; bytes, (n, 32, 32, c)."""

    X_train: NDArray[np.uint8]
    X_test: NDArray[np.uint8]
    labels_test: NDArray[np.int64]
    masks_test: NDArray[np.bool_]


def plant_parts(*, n_train: int = 48, n_test: int = 60, channels: int = 3, seed: int = 0) -> Parts:
    """Return noisy pictures of a striped washer, turned a little at random, under light of differing strength.

    A third of the test set has a nick: a spot of some pixels on the washer that is brighter or darker, and whose
    stripes are those of another place. So brightness as a whole tells no anomaly.
    """
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    radius, angle = np.hypot(rows, columns), np.arctan2(rows, columns)
    washer = 1 / (1 + np.exp(-(radius - 4.5) * 3)) / (1 + np.exp((radius - 13.5) * 3))
    colour = np.linspace(0.8, 1.2, channels)

    def draw(defective: bool) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        phase = rng.uniform(-0.5, 0.5)
        picture = 0.25 + washer * (0.35 + 0.12 * np.cos(6 * angle + phase))
        mask = np.zeros((SIDE, SIDE), dtype=bool)
        if defective:
            at, far = rng.uniform(0, 2 * np.pi), rng.uniform(7, 11)
            distance = np.hypot(rows - far * np.sin(at), columns - far * np.cos(at))
            mask = distance < rng.uniform(1.8, 3.0)
            other = 0.25 + washer * (0.35 + 0.12 * np.cos(6 * angle + phase + np.pi))
            picture = np.where(mask, other + rng.choice([-0.15, 0.15]), picture)
        picture = gaussian_filter(picture, 0.5)[:, :, None] * rng.uniform(0.7, 1.1) * colour
        noisy = picture + rng.normal(0, 0.02, size=picture.shape)
        return (255 * np.clip(noisy, 0, 1)).round().astype(np.uint8), mask

    labels = np.zeros(n_test, dtype=np.int64)
    labels[: n_test // 3] = 1
    rng.shuffle(labels)
    X_train = np.stack([draw(False)[0] for _ in range(n_train)])
    tested = [draw(bool(label)) for label in labels]
    return Parts(X_train, np.stack([x for x, _ in tested]), labels, np.stack([mask for _, mask in tested]))
