"""Metrics of score maps: against another implementation, and what they must be of perfect and of useless maps."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.measure import label
from sklearn.metrics import roc_auc_score

from dross.errors import DataError, ParameterError
from dross.metrics import aupro, pixel_auroc


def masked_maps(seed: int, *, digits: int | None = None) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return masks with a few rectangles in some, and maps that are higher on them; rounded, so that there are ties."""
    rng = np.random.default_rng(seed)
    masks = np.zeros((6, 12, 10), dtype=bool)
    for mask in masks[:4]:
        for _ in range(rng.integers(1, 4)):
            top, left = rng.integers(0, 9, 2)
            mask[top : top + rng.integers(1, 4), left : left + rng.integers(1, 4)] = True
    maps = rng.normal(size=masks.shape) + masks
    return masks, maps if digits is None else maps.round(digits)


def pieces(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    found: NDArray[np.int64] = label(mask, connectivity=2)  # type: ignore[no-untyped-call]
    return found


def aupro_by_thresholds(masks: NDArray[np.bool_], maps: NDArray[np.float64], limit: float) -> float:
    """Return the same, threshold by threshold and region by region."""
    regions = [
        (image, found == number)
        for image, found in enumerate(pieces(mask) for mask in masks)
        for number in range(1, found.max() + 1)
    ]
    points = [(0.0, 0.0)]
    for threshold in np.unique(maps)[::-1]:
        above = maps >= threshold
        overlap = np.mean([above[image][region].mean() for image, region in regions])
        points.append((float(above[~masks].mean()), float(overlap)))
    area = 0.0
    for (x0, y0), (x1, y1) in pairwise(points):
        if x0 < limit and x1 > x0:
            stop = min(x1, limit)
            y_stop = y0 + (y1 - y0) * (stop - x0) / (x1 - x0)
            area += (stop - x0) * (y0 + y_stop) / 2
    return area / limit


@pytest.mark.parametrize("digits", [None, 0])
@pytest.mark.parametrize("limit", [0.05, 0.3, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_aupro_is_what_thresholds_give_one_by_one(seed: int, limit: float, digits: int | None) -> None:
    masks, maps = masked_maps(seed, digits=digits)
    assert aupro(masks, maps, limit=limit) == pytest.approx(aupro_by_thresholds(masks, maps, limit), abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_pixel_auroc_is_scikit_learns_over_all_pixels(seed: int) -> None:
    masks, maps = masked_maps(seed, digits=1)
    assert pixel_auroc(masks, maps) == pytest.approx(roc_auc_score(masks.ravel(), maps.ravel()), abs=1e-12)


def test_perfect_maps_reach_1_and_useless_ones_half_of_the_limit() -> None:
    masks, maps = masked_maps(0)
    assert aupro(masks, masks.astype(float)) == pytest.approx(1.0)
    assert pixel_auroc(masks, masks.astype(float)) == 1.0
    # All pixels pass together: a straight line from nothing to everything.
    assert aupro(masks, np.zeros_like(maps)) == pytest.approx(0.15)
    assert pixel_auroc(masks, np.zeros_like(maps)) == 0.5


def test_small_defects_weigh_as_much_as_large_ones() -> None:
    masks = np.zeros((2, 20, 20), dtype=bool)
    masks[0, :10], masks[1, 0, 0] = True, True
    only_large, only_small = (np.where(np.arange(2)[:, None, None] == image, masks, 0.0) for image in range(2))
    assert aupro(masks, only_large) == pytest.approx(0.5 + 0.15 / 2) == aupro(masks, only_small)
    assert pixel_auroc(masks, only_large) == pytest.approx(0.9975, abs=1e-4)
    assert pixel_auroc(masks, only_small) == pytest.approx(0.5025, abs=1e-4)


def test_pieces_that_touch_at_a_corner_are_one_region_and_images_do_not_touch() -> None:
    corner = np.zeros((1, 4, 4), dtype=bool)
    corner[0, 0, 0] = corner[0, 1, 1] = corner[0, 1, 2] = True
    found = np.zeros(corner.shape)
    found[0, 0, 0] = 1.0
    assert aupro(corner, found) == pytest.approx(1 / 3 + 0.15 * 2 / 3)
    stacked = np.zeros((2, 4, 4), dtype=bool)
    stacked[0, 0, 0], stacked[1, 0, :2] = True, True
    found = np.zeros(stacked.shape)
    found[0, 0, 0] = 1.0
    assert aupro(stacked, found) == pytest.approx(1 / 2 + 0.15 / 2)


@pytest.mark.parametrize("metric", [pixel_auroc, aupro])
@pytest.mark.parametrize("value", [False, True])
def test_without_defects_or_without_anything_else_they_are_undefined(metric: Any, value: bool) -> None:
    assert metric(np.full((2, 3, 3), value), np.arange(18.0).reshape(2, 3, 3)) is None


@pytest.mark.parametrize("metric", [pixel_auroc, aupro])
def test_what_is_no_mask_and_no_map_is_told(metric: Any) -> None:
    masks, maps = masked_maps(0)
    broken = maps.copy()
    broken[3, 0, 0] = np.nan
    for wrong, message in (
        (
            (masks[:2], maps),
            "masks have the shape (2, 12, 10) and score maps (6, 12, 10): give one mask and one map an image, of one "
            "size, (n, height, width)",
        ),
        ((masks * 255, maps), "a mask has the value 255; it must be 1 (or true) on defects and 0 elsewhere"),
        ((masks, broken), "the score map of image 3 has values that are not finite, so pixels cannot be ranked"),
    ):
        with pytest.raises(DataError) as caught:
            metric(*wrong)
        assert str(caught.value) == message


def test_a_limit_that_is_no_share_is_told() -> None:
    with pytest.raises(ParameterError) as caught:
        aupro(*masked_maps(0), limit=30)
    assert str(caught.value) == "limit is 30; it must be a share in (0, 1]"
