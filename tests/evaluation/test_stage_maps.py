"""Maps of test images after each stage of a classifier: places, what is drawn as it is, and what a run keeps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.distance import cdist, pdist
from sklearn.decomposition import PCA

from dross.evaluation import feature_maps
from dross.evaluation.stage_maps import stage_maps
from tests.planted_images import StagedFeatures, planted_images

X, LABELS = planted_images()
#: Two anomalies are missed, and there are three false alarms.
ALARMS = LABELS.astype(bool) ^ np.isin(np.arange(len(LABELS)), [0, 1, 50, 60, 70])


class Classifier:
    """Has stages, the last of which is as many numbers as asked for."""

    def __init__(self, n_outputs: int) -> None:
        self.n_outputs = n_outputs

    def stage_features(self, images: Any) -> dict[str, NDArray[np.float64]]:
        stages = StagedFeatures().stage_features(images)
        return {**stages, "output": stages["output"][:, : self.n_outputs]}


def found_with(n_outputs: int = 2) -> dict[str, Any]:
    found = stage_maps(X, LABELS, ALARMS, Classifier(n_outputs))
    assert found is not None
    return found


def points(layout: dict[str, Any]) -> NDArray[np.float64]:
    return np.column_stack([layout["x"], layout["y"]])


def test_each_stage_has_both_maps_and_the_same_at_every_call() -> None:
    found = found_with()
    # The stage in which all samples are the same has no map.
    assert [stage["name"] for stage in found["stages"]] == ["input", "stage 1", "output"]
    assert [sorted(stage) for stage in found["stages"]] == [["name", "pca", "tsne"]] * 2 + [["name", "plain"]]
    assert found["index"] == list(range(120))
    assert found["label"] == LABELS.tolist()
    assert found["alarm"] == ALARMS.tolist()
    assert found["n_samples"] == 120
    for stage in found["stages"][:2]:
        for layout in (points(stage["tsne"]), points(stage["pca"])):
            assert layout.shape == (120, 2)
            assert layout.min() >= 0
            assert layout.max() <= 1
    assert found_with() == found


def test_samples_that_lie_apart_lie_apart_on_the_map() -> None:
    for stage in found_with()["stages"][:2]:
        distances = cdist(points(stage["tsne"]), points(stage["tsne"]))
        np.fill_diagonal(distances, np.inf)
        assert (LABELS[distances.argmin(axis=1)] == LABELS).mean() > 0.97, stage["name"]


def test_principal_components_are_scikit_learns_and_say_their_share() -> None:
    (_, stage, _), features = found_with()["stages"], StagedFeatures().stage_features(X)["stage 1"]
    reference = PCA(2).fit(features)
    assert stage["pca"]["share"] == pytest.approx(reference.explained_variance_ratio_.sum(), abs=1e-4)
    ratios = pdist(points(stage["pca"])) / pdist(reference.transform(features))
    assert np.median(ratios) == pytest.approx(1 / np.ptp(reference.transform(features), axis=0).max(), rel=1e-2)
    far = pdist(points(stage["pca"])) > 0.2  # coordinates have three digits
    assert ratios[far].std() < 0.02 * ratios[far].mean()


def test_two_outputs_are_drawn_as_they_are_and_one_from_left_to_right() -> None:
    outputs = StagedFeatures().stage_features(X)["output"]
    two, one = (points(found_with(n)["stages"][-1]["plain"]) for n in (2, 1))
    span = np.ptp(outputs[:, :2], axis=0).max()
    np.testing.assert_allclose(two - two[0], (outputs[:, :2] - outputs[0, :2]) / span, atol=2e-3)
    np.testing.assert_allclose(
        one[:, 0] - one[0, 0], (outputs[:, 0] - outputs[0, 0]) / np.ptp(outputs[:, 0]), atol=2e-3
    )
    assert len(np.unique(np.floor(12 * one[:, 1]))) == 12  # up and down they fill the panel


def test_few_are_drawn_of_many_and_errors_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feature_maps, "MOST_POINTS", 40)
    monkeypatch.setattr(feature_maps, "LEAST_OF_A_GROUP", 8)
    found = found_with()
    assert len(found["index"]) == 40
    assert found["n_samples"] == 120
    drawn = np.array(found["index"])
    assert set(np.flatnonzero(LABELS.astype(bool) != ALARMS)) <= set(drawn)
    np.testing.assert_array_equal(found["alarm"], ALARMS[drawn])
    np.testing.assert_array_equal(found["label"], LABELS[drawn])


def test_a_detector_without_stages_and_too_few_samples_have_no_maps() -> None:
    assert stage_maps(X, LABELS, ALARMS, object()) is None
    assert stage_maps(X[:7], LABELS[:7], ALARMS[:7], Classifier(2)) is None
