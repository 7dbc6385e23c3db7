"""GANomaly: the three losses and the score as its paper has them, and who learns from which."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dross.networks import ConvDiscriminator, EncoderDecoderEncoder
from dross.reconstruction import GANomaly
from dross.reconstruction.ganomaly_loss import GANomalyLoss
from dross.reconstruction.samples import byte_tensor, network_samples
from tests.planted_pictures import plant_defects
from tests.reconstruction.players import gradients

BATCH = torch.from_numpy(np.random.default_rng(0).integers(0, 256, size=(6, 1, 16, 16), dtype=np.uint8))


def game(adversarial: float = 1.0, reconstruction: float = 50.0, latent: float = 2.0) -> GANomalyLoss:
    torch.manual_seed(0)
    return GANomalyLoss(
        EncoderDecoderEncoder((16, 16, 1), (4, 8), 6, normalise=False),
        ConvDiscriminator((16, 16, 1), (4, 8)),
        adversarial_weight=adversarial,
        reconstruction_weight=reconstruction,
        latent_weight=latent,
    )


def test_the_losses_are_the_papers() -> None:
    loss = game()
    total = float(loss(BATCH, torch.Generator()).detach())
    with torch.no_grad():
        x = network_samples(BATCH)
        z = loss.network.encode(x)
        g = loss.network.decode(z)
        again = loss.network.encode_again(g)
        features = [loss.discriminator.body(images).numpy() for images in (x, g)]
    expected = {
        "adversarial": np.square(features[0] - features[1]).mean(),
        "reconstruction": np.abs(x.numpy() - g.numpy()).mean(),
        "latent": np.square(z.numpy() - again.numpy()).mean(),
    }
    parts = {name: float(value) for name, value in loss.parts.items()}
    assert {name: parts[name] for name in expected} == pytest.approx(expected, rel=1e-4)
    weighted = expected["adversarial"] + 50 * expected["reconstruction"] + 2 * expected["latent"]
    assert total == pytest.approx(weighted + parts["discriminator"], rel=1e-4)


def test_neither_player_is_trained_by_the_others_loss() -> None:
    loss = game()
    x = network_samples(BATCH)
    codes = loss.network.encode(x)
    rebuilt = loss.network.decode(codes)
    generators, judges = loss.generator_loss(x, codes, rebuilt), loss.discriminator_loss(x, rebuilt)
    assert len(gradients(generators, loss.network)) == len(list(loss.network.parameters()))
    assert gradients(generators, loss.discriminator) == gradients(judges, loss.network) == []
    assert len(gradients(judges, loss.discriminator)) == len(list(loss.discriminator.parameters()))


def test_the_features_teach_the_generator() -> None:
    loss = game(reconstruction=0.0, latent=0.0)
    x = network_samples(BATCH)
    codes = loss.network.encode(x)
    found = gradients(loss.generator_loss(x, codes, loss.network.decode(codes)), loss.network.decoder)
    assert sum(float(gradient.abs().sum()) for gradient in found) > 0
    silent = game(adversarial=0.0)
    silent(BATCH, torch.Generator())
    assert set(silent.parts) == {"reconstruction", "latent"}


def test_the_score_is_the_distance_of_the_codes() -> None:
    planted = plant_defects(n_train=16, n_test=6)
    detector = GANomaly(widths=(2,), n_code=3, max_epochs=1, batch_size=8, device="cpu", random_state=0)
    scores = detector.fit(planted.X_train).score_samples(planted.X_test)
    with torch.no_grad():
        z = detector.network_.encode(network_samples(byte_tensor(planted.X_test)))
        again = detector.network_.encode_again(detector.network_.decode(z))
    np.testing.assert_allclose(scores, -np.abs(z.numpy() - again.numpy()).mean(axis=1), rtol=1e-4)
    other = detector.set_params(score_by="absolute").score_samples(planted.X_test)
    assert not np.allclose(other, scores)
