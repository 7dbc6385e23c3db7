"""PaDiM on features that nobody learned: its formula, where its maps point, and what it needs to be told."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from dross.data.images import as_images
from dross.errors import ParameterError
from dross.inspection import PatchDistributions
from dross.inspection.local_features import local_features
from dross.metrics import auroc, pixel_auroc
from dross.refinement import Refined
from dross.scoring import anomaly_scores
from tests.planted_pictures import plant_defects

SIDE = 32


def parts(n: int, seed: int = 0, *, defects: bool = False) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return pictures of one striped disc, a little brighter or darker, every second one with a spot if asked for."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:SIDE, :SIDE]
    disc = np.hypot(y - 15.5, x - 15.5) < 12
    clean = np.where(disc, 120 + 40 * np.sin(x), 60)
    pictures = clean * rng.uniform(0.9, 1.1, (n, 1, 1)) + rng.normal(0, 5, (n, SIDE, SIDE))
    masks = np.zeros((n, SIDE, SIDE), dtype=bool)
    for mask in masks[1::2] if defects else []:
        top, left = rng.integers(8, 20, 2)
        mask[top : top + 4, left : left + 4] = True
    return np.where(masks, 120, pictures).clip(0, 255).astype(np.uint8), masks


def test_distances_are_those_of_a_gaussian_at_each_position() -> None:
    X_train, _ = parts(20)
    X, _ = parts(4, 1, defects=True)
    detector = PatchDistributions(stride=8, smoothing=0, shrinkage=0.3).fit(X_train)
    train, new = (local_features(images[..., None], (1.0, 2.0, 4.0), 8).astype(np.float64) for images in (X_train, X))
    covariances = [[np.cov(train[:, i, j].T, bias=True) for j in range(4)] for i in range(4)]
    pooled = np.mean(covariances, axis=(0, 1))
    expected = np.empty((4, 4, 4))
    for i, j in np.ndindex(4, 4):
        covariance = 0.7 * covariances[i][j] + 0.3 * pooled + 1e-3 * np.diag(np.diag(pooled))
        gaps = new[:, i, j] - train[:, i, j].mean(axis=0)
        expected[:, i, j] = np.sqrt([gap @ np.linalg.solve(covariance, gap) for gap in gaps])
    found = detector.score_maps(X)[:, 4::8, 4::8]  # the positions themselves, between which maps are linear
    np.testing.assert_allclose(found, expected, rtol=1e-3)


def test_training_images_are_judged_as_if_each_had_been_left_out() -> None:
    X, _ = parts(24)
    whole = PatchDistributions(smoothing=0).fit(X)
    left_out = -whole._left_out_normality(as_images(X))
    truly = np.concatenate(
        [-PatchDistributions(smoothing=0).fit(np.delete(X, i, 0)).score_samples(X[[i]]) for i in range(24)]
    )
    in_sample = -whole.score_samples(X)
    assert (in_sample < truly).all()
    np.testing.assert_allclose(left_out, truly, rtol=0.08)


def test_new_normal_parts_raise_few_alarms_and_damaged_ones_do() -> None:
    detector = PatchDistributions().fit(parts(20)[0])
    X, masks = parts(60, 1, defects=True)
    alarms = detector.predict(X) == -1
    damaged = masks.any(axis=(1, 2))
    assert alarms[~damaged].mean() < 0.15
    assert alarms[damaged].mean() > 0.85


def test_maps_point_at_defects_and_make_the_scores() -> None:
    detector = PatchDistributions(top_share=0.02).fit(parts(30)[0])
    X, masks = parts(30, 1, defects=True)
    maps = detector.score_maps(X)
    assert maps.dtype == np.float32
    assert maps.shape == masks.shape
    located = pixel_auroc(masks, maps)
    assert located is not None
    assert located > 0.95
    highest = np.sort(maps.reshape(30, -1), axis=1)[:, -20:].mean(axis=1)  # 2 % of 1024 pixels
    np.testing.assert_allclose(anomaly_scores(detector, X), highest, rtol=1e-5)
    np.testing.assert_allclose(detector.score_maps(X[3:4])[0], maps[3], rtol=1e-4)


def test_images_in_an_array_are_not_made_smaller() -> None:
    X = np.random.default_rng(0).integers(0, 255, (6, 96, 80, 3), dtype=np.uint8)
    detector = PatchDistributions().fit(X)
    assert detector.image_shape_ == (96, 80, 3)
    assert detector.score_maps(X[:2]).shape == (2, 96, 80)


def test_refinement_drops_damaged_training_images() -> None:
    planted = plant_defects(n_train=60, contamination=0.1)
    blind = PatchDistributions(stride=2).fit(planted.X_train)
    refined = Refined(PatchDistributions(stride=2), rejection=0.2, random_state=0).fit(planted.X_train)
    assert not refined.inlier_mask_[planted.labels_train == 1].any()
    found = [auroc(planted.labels_test, anomaly_scores(detector, planted.X_test)) for detector in (blind, refined)]
    assert None not in found
    assert found[1] >= found[0]  # type: ignore[operator]
    assert found[1] > 0.95  # type: ignore[operator]


def test_features_do_not_move_with_a_constant_image_and_say_which_way_edges_run() -> None:
    flat = np.full((1, 24, 24, 3), 90, dtype=np.uint8)
    features = local_features(flat, (2.0,), 4)[0]
    np.testing.assert_allclose(features[..., :3], 90 / 255, rtol=1e-5)
    np.testing.assert_allclose(features[..., 3:], 0, atol=1e-6)
    brighter_to_the_right = np.repeat(np.arange(0, 240, 10, dtype=np.uint8)[None, :, None], 24, axis=0)[None]
    right, left, down, up, strength = np.moveaxis(local_features(brighter_to_the_right, (1.0,), 4)[0, 2, :, 1:6], 1, 0)
    np.testing.assert_allclose(right[1:-1], 10 / 255, rtol=1e-3)
    np.testing.assert_allclose(strength, right, rtol=1e-5)
    np.testing.assert_allclose([left, down, up], 0, atol=1e-6)


def test_all_wrong_parameters_are_told_at_once() -> None:
    detector = PatchDistributions(scales=(0,), stride=0, shrinkage=2, smoothing=-1, top_share=0, contamination=0.7)
    with pytest.raises(ParameterError) as caught:
        detector.fit(parts(4)[0])
    assert str(caught.value) == (
        "6 mistakes:\n"
        "  - scales is 0; it must be a positive number\n"
        "  - shrinkage is 2; it must be a number in [0, 1]\n"
        "  - stride is 0; it must be a whole number of at least 1\n"
        "  - smoothing is -1; it must be a number of at least 0\n"
        "  - top_share is 0; it must be a share in (0, 1]\n"
        "  - contamination is 0.7; it must be 'auto' or a share in (0, 0.5]"
    )
    with pytest.raises(ParameterError) as caught:
        PatchDistributions(scales=()).fit(parts(4)[0])
    assert str(caught.value) == "scales is empty; it must be a tuple of 1 or more positive numbers"
