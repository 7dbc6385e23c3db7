"""Anomalies made from normal samples: what weights and signs are decided on where there are no labels."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

#: Sides of a pasted patch, as shares of the image's.
_SMALLEST, _LARGEST = 0.25, 0.5
#: Share of a row's columns that come from another row.
_FOREIGN_COLUMNS: Final = 0.5


def synthetic_anomalies(samples: NDArray[Any], rng: np.random.RandomState) -> NDArray[Any]:
    """Return one anomaly made of each sample and another one.

    Images get a patch of another image, turned by a quarter or a half; rows get half of their columns from another
    row. Every pixel and every value is thus one that occurs: only what belongs together does not any more.

    Parameters
    ----------
    samples : array of shape (n, h, w, c) or (n, d)
        Two or more.
    rng : RandomState
        Draws partners, places and sizes.

    Examples
    --------
    >>> rows = np.arange(12.0).reshape(3, 4)
    >>> made = synthetic_anomalies(rows, np.random.RandomState(0))
    >>> made.shape, bool((made != rows).any(axis=1).all())
    ((3, 4), True)

    References
    ----------
    Patches: Li, Sohn, Yoon and Pfister, "CutPaste", CVPR 2021, arXiv:2104.04015.
    """
    partners = (np.arange(len(samples)) + rng.randint(1, len(samples), size=len(samples))) % len(samples)
    if samples.ndim == 2:
        n_foreign = max(1, round(_FOREIGN_COLUMNS * samples.shape[1]))
        foreign = rng.uniform(size=samples.shape).argsort(axis=1) < n_foreign
        return np.where(foreign, samples[partners], samples)
    made = samples.copy()
    side = min(samples.shape[1:3])
    for image, partner in zip(made, samples[partners], strict=True):
        size = rng.randint(max(2, round(_SMALLEST * side)), max(3, round(_LARGEST * side) + 1))
        (top, left), (from_top, from_left) = (
            (rng.randint(0, extent - size + 1) for extent in image.shape[:2]) for _ in range(2)
        )
        patch = partner[from_top : from_top + size, from_left : from_left + size]
        image[top : top + size, left : left + size] = np.rot90(patch, rng.randint(1, 4))
    return made
