"""Anomalies made of normal samples, for choosing parameters where nobody has labelled any."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

#: How far the box that rows are drawn from reaches beyond the training samples, as a share of their range.
_MARGIN: Final = 0.1
#: Images that get their defects at once.
_CHUNK: Final = 64


def self_made_anomalies(samples: NDArray[Any], rng: np.random.RandomState) -> NDArray[Any]:
    """Return one anomaly for each sample.

    Images get a self-made defect: a piece of themselves in the wrong place, a scar, or a patch of another image, a
    third each. Rows are made by turns: anywhere in the box that holds the samples, as in Tax and Duin; and with each
    column from another row, so that every value occurs and nothing belongs together, as in Shi and Horvath.

    Parameters
    ----------
    samples : array of shape (n, h, w, c), uint8, or (n, d)
        Normal ones, or nearly so.
    rng : RandomState
        Draws all that is random.

    References
    ----------
    Tax and Duin, "Uniform Object Generation for Optimizing One-class Classifiers", JMLR 2 (2001); Shi and Horvath,
    "Unsupervised Learning with Random Forest Predictors", J. Computational and Graphical Statistics 15 (2006); Li et
    al., "CutPaste", CVPR 2021, and Zavrtanik et al., "DRAEM", ICCV 2021, for the defects.

    Examples
    --------
    >>> rows = np.arange(12.0).reshape(6, 2)
    >>> made = self_made_anomalies(rows, np.random.RandomState(0))
    >>> made.shape, bool((made >= -1.0).all() and (made <= 12.0).all())
    ((6, 2), True)
    """
    return _odd_rows(samples, rng) if samples.ndim == 2 else _damaged(samples, rng)


def _odd_rows(rows: NDArray[Any], rng: np.random.RandomState) -> NDArray[np.float64]:
    low, high = rows.min(axis=0), rows.max(axis=0)
    margin = _MARGIN * (high - low)
    made = rng.uniform(low - margin, high + margin, size=rows.shape)
    shuffled = rng.randint(len(rows), size=rows.shape)
    made[::2] = np.take_along_axis(rows, shuffled, axis=0)[::2]
    return made


def _damaged(images: NDArray[np.uint8], rng: np.random.RandomState) -> NDArray[np.uint8]:
    # Torch only where images are: tables shall not wait for it.
    import torch

    from dross.augmentations import AbstractDefects, CutPaste, CutPasteScar, PerlinPatches, as_floats

    kinds: list[AbstractDefects] = [CutPaste(), CutPasteScar(), PerlinPatches()]
    generator = torch.Generator().manual_seed(int(rng.randint(2**31 - 1)))
    made = np.empty_like(images)
    for number, kind in enumerate(kinds):
        rows = np.arange(number, len(images), len(kinds))
        for start in range(0, len(rows), _CHUNK):
            chunk = rows[start : start + _CHUNK]
            whole = as_floats(torch.from_numpy(images[chunk]).permute(0, 3, 1, 2))
            damaged = kind.make(whole, generator)[0].mul(255).round().clamp(0, 255).to(torch.uint8)
            made[chunk] = damaged.permute(0, 2, 3, 1).numpy()
    return made
