"""What the trained representations of images share: their features, their stages, and training that goes on."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np
import pytest

from dross.errors import ModelError
from dross.one_class import GaussianDensity, TwoStage
from dross.refinement import SRR
from dross.representations import AbstractImageRepresentation
from tests.image_detectors import quick, tiny_contrast, tiny_rotation
from tests.planted_pictures import SIDE, plant_pictures

FEW = plant_pictures(n_train=20, n_test=8)

Made = Callable[[], AbstractImageRepresentation]


def rotation() -> AbstractImageRepresentation:
    return quick(tiny_rotation())


def contrast() -> AbstractImageRepresentation:
    return quick(tiny_contrast())


both = pytest.mark.parametrize("made", [rotation, contrast])


@both
def test_images_that_are_all_alike_are_learned_from(made: Made) -> None:
    same = np.full((12, SIDE, SIDE, 3), 90, dtype=np.uint8)
    for detector in (TwoStage(made(), GaussianDensity()), SRR(made(), GaussianDensity(), random_state=0)):
        assert np.isfinite(detector.fit(same).score_samples(FEW.X_test)).all()


@both
def test_the_smallest_images_and_every_stem_will_do(made: Made) -> None:
    X = np.random.default_rng(0).integers(0, 256, size=(6, 8, 8, 1), dtype=np.uint8)
    for stem in ("small", "strided", "standard"):
        assert made().set_params(stem=stem).fit_transform(X).shape == (6, 4 * 14)


@both
def test_features_are_the_last_stages_each_of_one_length(made: Made) -> None:
    representation = made().fit(FEW.X_train)
    stages = representation.stage_features(FEW.X_test)
    assert list(stages) == ["input", "stem", "stage 1", "stage 2", "stage 3", "stage 4", "output"]
    assert [stages[stage].shape[1] for stage in list(stages)[:-1]] == [3 * SIDE * SIDE, 4, 4, 8, 16, 32]
    np.testing.assert_array_equal(stages["input"], FEW.X_test.reshape(len(FEW.X_test), -1) / 255.0)
    for n_stages in range(1, 5):
        last = [stages[f"stage {stage}"] for stage in range(5 - n_stages, 5)]
        joined = np.hstack([stage / np.linalg.norm(stage, axis=1, keepdims=True) for stage in last])
        found = representation.set_params(n_stages=n_stages).transform(FEW.X_test)
        np.testing.assert_allclose(found, joined / np.sqrt(n_stages), atol=1e-6)
        np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-6)


@both
def test_looking_at_stages_between_trainings_changes_nothing(made: Made) -> None:
    plain, looked_at = made(), made()
    for epoch in (0, 0.5, 1):
        plain.train_to(FEW.X_train, epoch)
        looked_at.train_to(FEW.X_train, epoch)
        looked_at.stage_features(FEW.X_train)
        looked_at.transform(FEW.X_train)
    np.testing.assert_array_equal(plain.transform(FEW.X_test), looked_at.transform(FEW.X_test))


@both
def test_a_copy_cannot_go_on_training_but_can_be_fitted(made: Made) -> None:
    fresh = made().fit(FEW.X_train)
    loaded = pickle.loads(pickle.dumps(fresh))
    with pytest.raises(ModelError) as caught:
        loaded.train_to(FEW.X_train, 2.0)
    assert str(caught.value) == (
        "this representation cannot go on training, because its optimiser was not saved: call fit to train anew"
    )
    np.testing.assert_array_equal(loaded.fit(FEW.X_train).transform(FEW.X_test), fresh.transform(FEW.X_test))
