from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from dross.evaluation import feature_maps as maps
from dross.evaluation.feature_maps import feature_maps
from tests.planted_images import FittedStandIn, fitted_stand_in, planted_images


def test_each_stage_has_a_place_for_each_sample_and_the_same_at_every_call() -> None:
    X, labels = planted_images()
    detector = fitted_stand_in(X)
    first = feature_maps(X, detector.inlier_mask_, labels, detector)
    assert first is not None
    # The stage in which all samples are the same has no map.
    assert [stage["name"] for stage in first["stages"]] == ["input", "stage 1", "output"]
    assert first["index"] == list(range(120))
    assert first["label"] == labels.tolist()
    assert first["kept"] == detector.inlier_mask_.tolist()
    for stage in first["stages"]:
        assert len(stage["x"]) == len(stage["y"]) == 120
        assert 0 <= min(stage["x"] + stage["y"]) <= max(stage["x"] + stage["y"]) <= 1
        # One scale for both directions: the longer side fills the square.
        assert max(np.ptp(stage["x"]), np.ptp(stage["y"])) == pytest.approx(1, abs=2e-3)
    assert feature_maps(X, detector.inlier_mask_, labels, detector) == first


def test_samples_that_lie_apart_in_the_features_lie_apart_on_the_map() -> None:
    X, labels = planted_images()
    detector = fitted_stand_in(X)
    found = feature_maps(X, detector.inlier_mask_, labels, detector)
    assert found is not None
    for stage in found["stages"]:
        points = np.column_stack([stage["x"], stage["y"]])
        distances = cdist(points, points)
        np.fill_diagonal(distances, np.inf)
        assert (labels[distances.argmin(axis=1)] == labels).mean() > 0.97, stage["name"]


def test_few_points_are_drawn_of_many_samples_and_small_groups_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maps, "MOST_POINTS", 60)
    monkeypatch.setattr(maps, "LEAST_OF_A_GROUP", 10)
    X, labels = planted_images(300, n_anomalies=5)
    detector = fitted_stand_in(X)
    found = feature_maps(X, detector.inlier_mask_, labels, detector)
    assert found is not None
    assert len(found["index"]) == len(set(found["index"])) == 60
    assert found["n_samples"] == 300
    assert sum(found["label"]) == 5
    dropped_normals = sum(not kept and label == 0 for kept, label in zip(found["kept"], found["label"], strict=True))
    assert dropped_normals >= 10
    np.testing.assert_array_equal(labels[found["index"]], found["label"])


def test_a_map_is_turned_to_lie_like_the_one_before() -> None:
    points = np.random.default_rng(0).normal(size=(50, 2)) * [3.0, 1.0]
    angle = 2.1
    turned = points @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * [1, -1]
    np.testing.assert_allclose(maps.turned(turned, points), points - points.mean(axis=0), atol=1e-9)


def test_no_labels_are_not_known_labels() -> None:
    X, _ = planted_images(30)
    detector = fitted_stand_in(X)
    found = feature_maps(X, detector.inlier_mask_, None, detector)
    assert found is not None
    assert set(found["label"]) == {-1}


def test_a_detector_without_stages_and_too_few_samples_have_no_map() -> None:
    X, labels = planted_images(30)
    detector = fitted_stand_in(X)
    few = X[:7]
    assert feature_maps(few, np.ones(7, dtype=bool), None, detector) is None
    detector.representation_ = object()  # type: ignore[assignment]
    assert feature_maps(X, detector.inlier_mask_, labels, detector) is None


def test_the_stages_of_a_wrapped_detector_are_found() -> None:
    X, labels = planted_images(30)
    inner = fitted_stand_in(X)

    class Wrapper:
        detector_: FittedStandIn = inner

    assert feature_maps(X, inner.inlier_mask_, labels, Wrapper()) is not None
