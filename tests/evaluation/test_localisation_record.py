"""What a run records of score maps: measured against the masks of the test images, where there are both."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import pytest

from dross.data.named_images import ImageDataset
from dross.detector import AbstractDetector
from dross.evaluation.inspection_protocol import inspection
from dross.evaluation.localisation_record import localisation_metrics, maps_of_images
from dross.evaluation.run import RunKey, RunSpec, execute
from dross.evaluation.variants import ClassRoles


class Ignorant(AbstractDetector):
    """A detector that goes by the brightest pixel."""

    def fit(self, X: Any, y: Any = None) -> Self:
        self.offset_ = float(self.score_samples(X).min())
        return self

    def score_samples(self, X: Any) -> Any:
        return -X.reshape(len(X), -1).max(axis=1).astype(np.float64)


class Knowing(Ignorant):
    """The same with maps."""

    def score_maps(self, X: Any) -> Any:
        return X[..., 0].astype(np.float32)


def caps(masked: bool = True) -> ImageDataset:
    """Return dark images, ten of which have a bright defect."""
    X = np.random.default_rng(0).integers(0, 50, size=(60, 6, 6, 1), dtype=np.uint8)
    masks = np.zeros((60, 6, 6), dtype=bool)
    masks[50:, 1:3, 2:5] = True
    X[..., 0][masks] += 100
    classes = np.repeat([0, 1], [50, 10])
    test = np.arange(60) >= 40
    return ImageDataset("caps", X, classes, ("good", "cracked"), test, "", "", "", masks=masks if masked else None)


def spec() -> RunSpec:
    return RunSpec(RunKey("caps", "inspection", "knowing", "blind", "normal=good", 0.0, 0), {}, ClassRoles("good"))


def test_maps_are_measured_against_the_masks_of_the_test_images() -> None:
    data = caps()
    split = inspection(data, 0.0, 0, highest=0.0)
    result = execute(data, split, spec(), lambda name, **rest: Knowing())
    assert result.metrics["pixel_auroc"] == pytest.approx(1.0)
    assert result.metrics["aupro"] == pytest.approx(1.0)
    data.masks[40:] = False  # type: ignore[index]
    result = execute(data, split, spec(), lambda name, **rest: Knowing())
    assert result.metrics["pixel_auroc"] is None
    assert result.details["undefined"]["pixel_auroc"] == "the test set has no defective pixel"


def test_nothing_is_measured_without_maps_or_masks() -> None:
    split = inspection(caps(), 0.0, 0, highest=0.0)
    assert localisation_metrics(caps(masked=False), split, Knowing().fit(split.X_train)) == {}
    assert localisation_metrics(caps(), split, Ignorant().fit(split.X_train)) == {}


def test_maps_of_a_detector_that_sees_less_are_brought_to_the_size_of_the_images() -> None:
    class Coarse(Knowing):
        def score_maps(self, X: Any) -> Any:
            return super().score_maps(X)[:, ::2, ::2]

    data = caps()
    split = inspection(data, 0.0, 0, highest=0.0)
    maps = maps_of_images(Coarse(), split.X_test)
    assert maps.shape == split.X_test.shape[:3]
    assert maps.dtype == np.float32
    np.testing.assert_allclose(maps[:, 0, 0], split.X_test[:, 0, 0, 0])  # corners are those of the coarse map
    found = localisation_metrics(data, split, Coarse())
    assert found["pixel_auroc"] is not None
    assert 0.8 < found["pixel_auroc"] < 1.0
    np.testing.assert_array_equal(maps_of_images(Knowing(), split.X_test), split.X_test[..., 0])
