"""The autoencoder that is trained for structural similarity, and scored by it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from dross.catalog import build
from dross.errors import ParameterError
from dross.reconstruction import ConvolutionalAutoencoder
from dross.reconstruction.errors import ssim_error
from dross.reconstruction.losses import ReconstructionLoss
from dross.reconstruction.samples import network_samples
from tests.planted_parts import plant_parts

TINY: dict[str, Any] = {
    "widths": (8, 16),
    "n_code": 8,
    "batch_size": 8,
    "learning_rate": 0.005,
    "device": "cpu",
    "random_state": 0,
}


def test_what_is_trained_is_one_minus_the_mean_similarity() -> None:
    parts = plant_parts(n_train=12, n_test=3)
    detector = ConvolutionalAutoencoder(loss="ssim", max_epochs=1.0, **TINY).fit(parts.X_train)
    network = detector.network_.eval()
    batch = torch.from_numpy(parts.X_train).permute(0, 3, 1, 2)
    loss = ReconstructionLoss(network, "ssim")(batch, torch.Generator())
    samples = network_samples(batch)
    expected = ssim_error(samples, network(samples)).mean()
    assert loss.item() == pytest.approx(expected.item(), rel=1e-6)


def test_training_makes_parts_alike_and_ranks_nicks() -> None:
    parts = plant_parts()
    untrained, trained = (
        ConvolutionalAutoencoder(loss="ssim", score_by="ssim", max_epochs=epochs, **TINY).fit(parts.X_train)
        for epochs in (0.0, 15.0)
    )
    before, after = (-found.score_samples(parts.X_train).mean() for found in (untrained, trained))
    assert after < 0.5 * before
    assert trained.history_[-1]["loss"] == pytest.approx(trained.history_[-1]["reconstruction"])
    assert roc_auc_score(parts.labels_test, -trained.score_samples(parts.X_test)) > 0.75


def test_the_catalogue_trains_and_scores_by_the_same() -> None:
    detector: Any = build("ssim-autoencoder", max_epochs=2, n_code=4, device="cpu", random_state=0)
    assert (detector.loss, detector.score_by) == ("ssim", "ssim")
    parts = plant_parts(n_train=12, n_test=9)
    assert np.isfinite(detector.fit(parts.X_train).score_samples(parts.X_test)).all()


def test_rows_have_no_structure() -> None:
    with pytest.raises(ParameterError) as caught:
        ConvolutionalAutoencoder(loss="ssim").fit(np.zeros((20, 8)))
    assert str(caught.value) == "loss is 'ssim', which compares neighbouring pixels, and rows have none"


def test_a_loss_that_there_is_not() -> None:
    with pytest.raises(ParameterError) as caught:
        ConvolutionalAutoencoder(loss="sim").fit(np.zeros((20, 8, 8), dtype=np.uint8))  # type: ignore[arg-type]
    assert str(caught.value) == "loss is 'sim'; it must be 'squared', 'absolute' or 'ssim'; did you mean 'ssim'?"
