"""The plain GAN: its losses by hand, and who learns from which."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.base import clone

from dross.errors import ParameterError
from dross.networks import ConvAutoencoder, ConvDiscriminator
from dross.reconstruction import GAN
from dross.reconstruction.gan_loss import GANLoss
from dross.reconstruction.samples import network_samples
from tests.planted_pictures import plant_defects
from tests.reconstruction.players import gradients

BATCH = torch.from_numpy(np.random.default_rng(0).integers(0, 256, size=(6, 1, 16, 16), dtype=np.uint8))


def game(weight: float = 0.3) -> GANLoss:
    torch.manual_seed(0)
    return GANLoss(ConvAutoencoder((16, 16, 1), (4, 8), 6), ConvDiscriminator((16, 16, 1), (4, 8)), weight)


def test_the_losses_by_hand() -> None:
    loss = game()
    total = float(loss(BATCH, torch.Generator()).detach())
    with torch.no_grad():
        x = network_samples(BATCH)
        g = loss.network(x)
        real, generated = (1 / (1 + np.exp(-loss.discriminator(images).numpy())) for images in (x, g))
    parts = {name: float(value) for name, value in loss.parts.items()}
    error = np.abs(x.numpy() - g.numpy()).mean()
    judged = 0.5 * (-np.log(real).mean() - np.log(1 - generated).mean())
    assert parts == pytest.approx(
        {
            "reconstruction": error,
            "adversarial": -np.log(generated).mean(),
            "discriminator": judged,
            "discriminator on real": real.mean(),
            "discriminator on generated": generated.mean(),
        },
        rel=1e-4,
    )
    assert total == pytest.approx(error - 0.3 * np.log(generated).mean() + judged, rel=1e-4)


def test_neither_player_is_trained_by_the_others_loss() -> None:
    loss = game()
    x = network_samples(BATCH)
    rebuilt = loss.network(x)
    generators, judges = loss.generator_loss(x, rebuilt), loss.discriminator_loss(x, rebuilt)
    assert len(gradients(generators, loss.network)) == len(list(loss.network.parameters()))
    assert gradients(generators, loss.discriminator) == gradients(judges, loss.network) == []
    assert len(gradients(judges, loss.discriminator)) == len(list(loss.discriminator.parameters()))


def test_without_weight_there_is_no_discriminator() -> None:
    loss = game(0.0)
    loss(BATCH, torch.Generator())
    assert set(loss.parts) == {"reconstruction"}


def test_the_terms_are_recorded_and_wrong_parameters_told() -> None:
    X = plant_defects(n_train=16).X_train
    detector = GAN(widths=(2,), n_code=2, max_epochs=2, batch_size=8, device="cpu", random_state=0)
    assert {"adversarial", "discriminator", "discriminator on real"} <= set(detector.fit(X).history_[-1])
    with pytest.raises(ParameterError) as caught:
        clone(detector).set_params(widths=3, n_code=0, adversarial_weight=-1).fit(X)
    assert str(caught.value) == (
        "3 mistakes:\n"
        "  - widths is 3; it must be a tuple of 1 or more whole numbers above 0\n"
        "  - n_code is 0; it must be a whole number of at least 1\n"
        "  - adversarial_weight is -1; it must be a number of at least 0"
    )
