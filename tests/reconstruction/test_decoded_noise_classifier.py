"""The decoded-noise classifier: what is real and what is fake, who learns from what, and how the score is made."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from dross.errors import ParameterError
from dross.networks import DecodedNoiseNetwork
from dross.reconstruction import DecodedNoiseClassifier
from dross.reconstruction.decoded_noise_loss import DecodedNoiseLoss
from dross.reconstruction.losses import ReconstructionLoss
from dross.reconstruction.samples import network_samples
from dross.training import seeded
from tests.planted_pictures import Pictures, plant_defects


@cache
def pictures() -> Pictures:
    return plant_defects(channels=1)


@cache
def fitted() -> Any:
    return DecodedNoiseClassifier(
        widths=(4, 8),
        n_code=6,
        score_by="squared",
        max_epochs=30,
        batch_size=8,
        learning_rate=0.005,
        device="cpu",
        random_state=0,
    ).fit(pictures().X_train)


def network() -> DecodedNoiseNetwork:
    with seeded(0):
        return DecodedNoiseNetwork((8, 8, 1), widths=(4,), n_code=3)


def batch() -> torch.Tensor:
    return torch.randint(0, 256, (6, 1, 8, 8), generator=generator(), dtype=torch.uint8)


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_the_loss_is_the_error_and_the_cross_entropy_of_decoded_images_against_decoded_noise() -> None:
    made = network()
    objective = DecodedNoiseLoss(made)
    loss = objective(batch(), generator()).detach()
    x = batch().float() / 127.5 - 1.0
    with torch.no_grad():
        codes = made.encode(x)
        noise = torch.randn(codes.shape, generator=generator())
        fakes = made.decode(codes.mean(0) + codes.std(0, correction=0) * noise)
        real, fake = (1 / (1 + np.exp(-made.realness(images).double().numpy())) for images in (made(x), fakes))
        error = float((x - made(x)).double().square().mean())
    cross_entropy = -np.concatenate([np.log(real), np.log(1 - fake)]).mean()
    assert float(loss) == pytest.approx(error + cross_entropy, rel=1e-5)
    assert float(objective.parts["classifier"]) == pytest.approx(cross_entropy, rel=1e-5)
    right = np.concatenate([real > 0.5, fake <= 0.5]).mean()
    assert float(objective.parts["right"]) == pytest.approx(right)


def test_the_decoder_does_not_learn_from_the_classifier() -> None:
    both, alone = network(), network()
    DecodedNoiseLoss(both)(batch(), generator()).backward()
    ReconstructionLoss(alone.autoencoder)(batch(), generator()).backward()
    slopes = zip(both.autoencoder.parameters(), alone.autoencoder.parameters(), strict=True)
    for ours, theirs in slopes:
        torch.testing.assert_close(ours.grad, theirs.grad)
    assert all(weights.grad is not None and weights.grad.any() for weights in both.classifier.parameters())


def test_batch_normalisation_scores_with_statistics_of_images_and_not_of_noise() -> None:
    with seeded(0):
        learning = DecodedNoiseNetwork((8, 8, 1), widths=(4, 4), n_code=3, normalise=True).train()
    plain = deepcopy(learning)
    DecodedNoiseLoss(learning)(batch(), generator())
    plain(network_samples(batch()))
    found, expected = (dict(one.autoencoder.named_buffers()) for one in (learning, plain))
    assert any(name.endswith("running_mean") for name in found)
    for name in found:
        if not name.endswith("num_batches_tracked"):
            assert torch.equal(found[name], expected[name])


def test_random_codes_are_drawn_where_the_training_codes_are() -> None:
    detector = fitted()
    codes = detector.encode(pictures().X_train)
    mean, spread = (values.numpy() for values in (detector.network_.code_mean, detector.network_.code_spread))
    assert (np.abs(mean - codes.mean(0)) < codes.std(0)).all()
    np.testing.assert_allclose(spread, codes.std(0), rtol=0.5)


def test_the_classifier_tells_decoded_images_from_decoded_noise() -> None:
    detector = fitted()
    made = detector.network_
    x = torch.from_numpy(pictures().X_train.transpose(0, 3, 1, 2).copy()).float() / 127.5 - 1.0
    with torch.no_grad():
        noise = torch.randn(len(x), 6, generator=generator())
        fakes = made.realness(made.decode(made.code_mean + made.code_spread * noise))
        real = made.realness(made(x))
    labels = [1] * len(real) + [0] * len(fakes)
    assert roc_auc_score(labels, torch.cat([real, fakes])) > 0.6


def test_the_score_is_the_sum_of_both_parts_in_deviations_over_the_training_set() -> None:
    detector = fitted()
    planted = pictures()

    def parts(X: Any) -> tuple[Any, Any]:
        x = torch.from_numpy(X.transpose(0, 3, 1, 2).copy()).float() / 127.5 - 1.0
        with torch.no_grad():
            rebuilt = detector.network_(x)
            surprise = -torch.sigmoid(detector.network_.realness(rebuilt)).double().log()
        return (x - rebuilt).double().square().mean((1, 2, 3)).numpy(), surprise.numpy()

    expected = 0.0
    for train, test, weight in zip(parts(planted.X_train), parts(planted.X_test), (1.0, 0.25), strict=True):
        expected = expected + weight * (test - train.mean()) / train.std()
    np.testing.assert_allclose(detector.score_samples(planted.X_test), -expected, rtol=1e-3, atol=1e-3)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(ParameterError) as caught:
        DecodedNoiseClassifier(widths=(), n_code=0, classifier_weight=-1).fit(pictures().X_train)
    assert str(caught.value) == (
        "3 mistakes:\n"
        "  - widths is (); it must be a tuple of 1 or more whole numbers above 0\n"
        "  - n_code is 0; it must be a whole number of at least 1\n"
        "  - classifier_weight is -1; it must be a number of at least 0"
    )
