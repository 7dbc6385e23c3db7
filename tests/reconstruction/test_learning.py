"""Every detector that reconstructs learns to: it ranks what is planted, beats its untrained self; its loss falls."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone

from dross.errors import DataError, TrainingError
from dross.reconstruction import ConvolutionalAutoencoder, FullyConnectedAutoencoder
from dross.refinement import Refined
from tests.image_detectors import RECONSTRUCTED, image_detectors
from tests.planted_pictures import Pictures, picture_auroc, plant_defects

CONDITIONS: dict[str, dict[str, Any]] = {
    "clean": {},
    "grey": {"channels": 1},
    "contaminated": {"contamination": 0.05},
}
#: Players of a game have losses that need not fall.
GAMES = ("gan", "two-discriminator gan", "f-anogan", "ganomaly")


@cache
def pictures(condition: str) -> Pictures:
    return plant_defects(**CONDITIONS[condition])


def unfitted(name: str) -> Any:
    return clone(image_detectors(Path())[name])


@cache
def fitted(name: str) -> Any:
    return unfitted(name).fit(pictures("clean").X_train)


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("name", RECONSTRUCTED)
def test_what_has_a_piece_missing_is_reconstructed_worst(name: str, condition: str) -> None:
    planted = pictures(condition)
    detector = fitted(name) if condition == "clean" else unfitted(name).fit(planted.X_train)
    assert picture_auroc(detector, planted) > 0.9


@pytest.mark.parametrize("name", RECONSTRUCTED)
def test_it_beats_its_untrained_self(name: str) -> None:
    planted = pictures("clean")
    untrained = unfitted(name).set_params(max_epochs=0).fit(planted.X_train)
    assert untrained.history_ == []
    assert picture_auroc(fitted(name), planted) > picture_auroc(untrained, planted)


@pytest.mark.parametrize("name", [name for name in RECONSTRUCTED if name not in GAMES])
def test_its_loss_falls(name: str) -> None:
    history = fitted(name).history_
    assert len(history) == unfitted(name).max_epochs
    assert np.mean([record["loss"] for record in history[-5:]]) < 0.9 * history[0]["loss"]


@pytest.mark.parametrize("name", RECONSTRUCTED)
def test_it_reconstructs_what_it_was_given(name: str) -> None:
    planted = pictures("clean")
    detector = fitted(name)
    rebuilt = detector.reconstruct(planted.X_test)
    assert rebuilt.shape == planted.X_test.shape
    assert rebuilt.dtype == np.uint8
    normal = planted.labels_test == 0
    errors = np.abs(rebuilt.astype(float) - planted.X_test).mean(axis=(1, 2, 3))
    assert errors[normal].mean() < errors[~normal].mean()


@pytest.mark.parametrize("name", RECONSTRUCTED)
def test_what_a_code_stands_for_is_the_reconstruction(name: str) -> None:
    X = pictures("clean").X_test[:6]
    detector = fitted(name)
    codes = detector.encode(X)
    assert codes.dtype == np.float64
    assert len(codes) == 6
    gap = detector.decode(codes).astype(int) - detector.reconstruct(X)
    assert np.abs(gap).max() <= 1  # a code in double precision is rounded on its way back


@pytest.mark.parametrize(
    "score_by", ["absolute", "ssim", "patches", "mahalanobis", "re-encoding", "squared+mahalanobis"]
)
def test_every_score_ranks_what_is_planted(score_by: str) -> None:
    planted = pictures("clean")
    detector = unfitted("autoencoder").set_params(score_by=score_by).fit(planted.X_train)
    assert picture_auroc(detector, planted) > {"mahalanobis": 0.6, "re-encoding": 0.6, "ssim": 0.8}.get(score_by, 0.9)


def test_labelled_anomalies_are_reconstructed_worse_for_it() -> None:
    planted = plant_defects(contamination=0.2)
    blind, told = unfitted("conv autoencoder").fit(planted.X_train), unfitted("conv autoencoder")
    told.fit(planted.X_train, labels=planted.labels_train)
    assert set(told.history_[-1]) == {"epoch", "loss", "n_samples", "reconstruction", "anomalies"}
    ratio = [_ratio(detector, planted) for detector in (blind, told)]
    assert ratio[1] > 2 * ratio[0]
    assert picture_auroc(told, planted) > 0.95


def _ratio(detector: Any, planted: Pictures) -> float:
    errors = -detector.score_samples(planted.X_test)
    return float(errors[planted.labels_test == 1].mean() / errors[planted.labels_test == 0].mean())


def test_labels_without_an_anomaly_change_nothing() -> None:
    planted = pictures("clean")
    told = unfitted("autoencoder").fit(planted.X_train, labels=np.full(len(planted.X_train), -1))
    np.testing.assert_array_equal(
        told.score_samples(planted.X_test), fitted("autoencoder").score_samples(planted.X_test)
    )


def test_all_anomalies_are_refused() -> None:
    planted = pictures("clean")
    with pytest.raises(DataError) as caught:
        unfitted("autoencoder").fit(planted.X_train, labels=np.ones(len(planted.X_train)))
    assert str(caught.value) == (
        "all 96 training samples are labelled anomalies: FullyConnectedAutoencoder has to see normal ones too, "
        "labelled 0, or -1 for not known"
    )


def test_a_loss_that_is_no_number_ends_training_with_the_weights_before_it() -> None:
    X = pictures("clean").X_train
    detector = FullyConnectedAutoencoder(hidden=(16,), n_code=2, learning_rate=1e30, max_epochs=3, device="cpu")
    with pytest.raises(TrainingError) as caught:
        detector.fit(X)
    assert str(caught.value).startswith("FullyConnectedAutoencoder stopped in epoch 1, and has the weights from before")
    assert "lower the learning rate" in str(caught.value)
    assert np.isfinite(detector.score_samples(X)).all()
    assert np.isfinite(detector.offset_)


def test_refined_it_drops_what_has_a_piece_missing() -> None:
    planted = plant_defects(contamination=0.1)
    refined = Refined(unfitted("autoencoder"), rejection=0.2, random_state=0).fit(planted.X_train)
    dropped = ~refined.inlier_mask_
    assert dropped[planted.labels_train == 1].mean() > dropped[planted.labels_train == 0].mean() + 0.5


@pytest.mark.parametrize("detector", [FullyConnectedAutoencoder(), ConvolutionalAutoencoder()])
def test_rows_come_back_in_their_own_units(detector: Any) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 1)) * [100.0, 0.01, -5.0, 1.0] + [1e4, 0.0, 3.0, 0.0]
    detector = clone(detector).set_params(max_epochs=40, device="cpu", random_state=0).fit(X)
    assert np.corrcoef(detector.reconstruct(X)[:, 0], X[:, 0])[0, 1] > 0.95
    assert abs(detector.reconstruct(X)[:, 0].mean() - 1e4) < 20
