"""How well score maps show where defects are, whatever the threshold, given masks of the defects."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dross.errors import DataError, ParameterError, raise_gathered
from dross.metrics.rankings import auroc
from dross.parameters import share_problems


def pixel_auroc(masks: ArrayLike, maps: ArrayLike) -> float | None:
    """Return the AUROC over all pixels of all images: how often a defective one scores above one that is not.

    A large defect weighs as much as its pixels, and small ones hardly count: read `aupro` beside it.

    Parameters
    ----------
    masks : array of shape (n, h, w)
        True, or 1, where a pixel is part of a defect.
    maps : array of shape (n, h, w)
        Score maps, higher = more anomalous.

    Raises
    ------
    DataError
        If shapes differ, a mask has other values than these, or a score is not finite.

    Examples
    --------
    >>> pixel_auroc([[[0, 0], [0, 1]]], [[[0.1, 0.2], [0.9, 0.8]]])  # doctest: +ELLIPSIS
    0.666...
    >>> pixel_auroc([[[0, 0]]], [[[0.1, 0.2]]]) is None
    True
    """
    defective, scores = _checked(masks, maps)
    return auroc(defective.ravel().astype(np.int64), scores.ravel())


def aupro(masks: ArrayLike, maps: ArrayLike, *, limit: float = 0.3) -> float | None:
    """Return the area under the curve of the overlap per region, up to a share of false positives, as a share of it.

    A region is a defect in one piece, diagonal neighbours included. At each threshold the overlap is the mean over all
    regions of the share of each that is above it: small defects weigh as much as large ones. False positives are
    pixels above it outside all regions, in normal images too.

    Parameters
    ----------
    masks, maps : arrays of shape (n, h, w)
        As in `pixel_auroc`.
    limit : float in (0, 1], default 0.3
        Up to which share of false positives the curve counts.

    Raises
    ------
    ParameterError
        If the limit is none.
    DataError
        As in `pixel_auroc`.

    References
    ----------
    Bergmann, Fauser, Sattlegger and Steger, "Uninformed Students: Student-Teacher Anomaly Detection with
    Discriminative Latent Embeddings", CVPR 2020, arXiv:1911.02357; Bergmann et al., IJCV 129 (2021), section 4.3.

    Examples
    --------
    >>> mask, found = np.zeros((1, 4, 4), dtype=bool), np.zeros((1, 4, 4))
    >>> mask[0, 0, :2] = True
    >>> found[0, 0, 0] = 1.0
    >>> aupro(mask, found)  # half of the region at once, the other half with all else
    0.575
    """
    raise_gathered(share_problems("limit", limit), ParameterError)
    defective, scores = _checked(masks, maps)
    if not defective.any() or defective.all():
        return None
    rates, overlaps = _overlap_curve(defective, scores)
    end = float(np.interp(limit, rates, overlaps))
    within = rates < limit
    rates, overlaps = np.append(rates[within], limit), np.append(overlaps[within], end)
    return float(np.diff(rates) @ (overlaps[1:] + overlaps[:-1]) / 2 / limit)


def _overlap_curve(
    defective: NDArray[np.bool_], scores: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the share of false positives and the mean overlap of regions, at each threshold, the highest first."""
    gains = _region_weights(defective).ravel()
    order = np.argsort(-scores, axis=None, kind="stable")
    ranked = scores.ravel()[order]
    # Pixels of one score pass the threshold together.
    last = np.append(ranked[1:] != ranked[:-1], True)
    outside = ~defective.ravel()[order]
    rates = np.cumsum(outside)[last] / outside.sum()
    overlaps = np.cumsum(gains[order])[last]
    return np.append(0.0, rates), np.append(0.0, overlaps)


def _region_weights(defective: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return what each pixel adds to the mean overlap of all regions: those of a region add up to 1 / regions."""
    from scipy.ndimage import label

    # Neighbours within an image, none between images.
    among = np.zeros((3, 3, 3), dtype=bool)
    among[1] = True
    regions, n_regions = label(defective, structure=among)
    sizes = np.bincount(regions.ravel(), minlength=n_regions + 1).astype(np.float64)
    weights = 1.0 / (sizes * n_regions)
    weights[0] = 0.0
    return weights[regions]


def _checked(masks: ArrayLike, maps: ArrayLike) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    found, scores = np.asarray(masks), np.asarray(maps, dtype=np.float64)
    if found.ndim != 3 or found.shape != scores.shape:
        raise DataError(
            f"masks have the shape {found.shape} and score maps {scores.shape}: give one mask and one map an image, "
            "of one size, (n, height, width)"
        )
    if not np.isin(found, (0, 1)).all():
        wrong = found[~np.isin(found, (0, 1))][0].item()
        raise DataError(f"a mask has the value {wrong!r}; it must be 1 (or true) on defects and 0 elsewhere")
    if not np.isfinite(scores).all():
        image = int(np.flatnonzero(~np.isfinite(scores).all(axis=(1, 2)))[0])
        raise DataError(f"the score map of image {image} has values that are not finite, so pixels cannot be ranked")
    return found.astype(bool), scores
