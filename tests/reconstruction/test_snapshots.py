"""What is watched during training is kept, before it and after each epoch, and no more than memory can hold."""

from __future__ import annotations

import numpy as np
import pytest

from dross.errors import DataError
from dross.reconstruction import FullyConnectedAutoencoder
from tests.planted_pictures import plant_defects

FEW = plant_defects(n_train=32)


def small(max_epochs: float = 4.0) -> FullyConnectedAutoencoder:
    return FullyConnectedAutoencoder(hidden=(8,), n_code=2, max_epochs=max_epochs, device="cpu", random_state=0)


def test_the_reconstructions_of_what_is_watched_are_kept() -> None:
    detector = small().fit(FEW.X_train, watch=FEW.X_test[:3])
    assert detector.snapshots_ is not None
    assert detector.snapshots_.shape == (5, 3, 16, 16, 3)
    assert detector.snapshots_.dtype == np.uint8
    assert detector.snapshot_epochs_ == [0, 1, 2, 3, 4]
    np.testing.assert_array_equal(detector.snapshots_[-1], detector.reconstruct(FEW.X_test[:3]))
    np.testing.assert_array_equal(detector.snapshots_[0], small(0.0).fit(FEW.X_train).reconstruct(FEW.X_test[:3]))
    assert len({picture.tobytes() for picture in detector.snapshots_}) == 5


def test_watching_changes_nothing() -> None:
    blind, watched = small().fit(FEW.X_train), small().fit(FEW.X_train, watch=FEW.X_test[:3])
    assert blind.snapshots_ is None
    assert blind.snapshot_epochs_ == []
    np.testing.assert_array_equal(blind.score_samples(FEW.X_test), watched.score_samples(FEW.X_test))


def test_of_many_epochs_some_are_kept() -> None:
    detector = small(80.0).fit(FEW.X_train[:8], watch=FEW.X_test[:1])
    assert len(detector.snapshot_epochs_) == 33
    assert (detector.snapshot_epochs_[0], detector.snapshot_epochs_[-1]) == (0, 80)


def test_too_many_to_watch_are_refused_before_training() -> None:
    with pytest.raises(DataError) as caught:
        small().fit(FEW.X_train, watch=np.concatenate([FEW.X_test, FEW.X_test]))
    assert str(caught.value) == "120 images are watched during training; at most 64 can be: give fewer"
