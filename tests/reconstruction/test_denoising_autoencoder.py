"""The denoising autoencoder: the damage is what it says, the loss compares with what was whole, and it mends."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dross.errors import ParameterError
from dross.networks import DenseAutoencoder
from dross.reconstruction import DenoisingAutoencoder
from dross.reconstruction.denoising_loss import NOISES, DenoisingLoss, Noise, damaged
from dross.training import seeded
from tests.planted_pictures import plant_defects


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_a_gaussian_of_that_deviation_is_added() -> None:
    images = torch.full((50, 3, 16, 16), 0.3)
    added = damaged(images, "gaussian", 0.5, generator()) - images
    assert float(added.mean()) == pytest.approx(0.0, abs=0.01)
    assert float(added.std()) == pytest.approx(0.5, rel=0.02)


def test_that_share_of_numbers_becomes_black_and_the_others_stay() -> None:
    images = torch.rand(50, 3, 16, 16, generator=generator())
    left = damaged(images, "masking", 0.3, generator())
    gone = left == -1.0
    assert float(gone.float().mean()) == pytest.approx(0.3, abs=0.01)
    assert torch.equal(left[~gone], images[~gone])


@pytest.mark.parametrize("noise", NOISES)
def test_the_loss_compares_the_mended_image_with_the_whole_one(noise: Noise) -> None:
    with seeded(0):
        network = DenseAutoencoder((4, 4, 1), hidden=(8,))
    batch = torch.randint(0, 256, (5, 1, 4, 4), generator=generator(), dtype=torch.uint8)
    objective = DenoisingLoss(network, noise, 0.4)
    loss = objective(batch, generator()).detach()
    x = batch.double().numpy() / 127.5 - 1.0
    draw = torch.randn if noise == "gaussian" else torch.rand
    drawn = draw(batch.shape, generator=generator()).double().numpy()
    worse = x + 0.4 * drawn if noise == "gaussian" else np.where(drawn < 0.4, -1.0, x)
    mended = network(torch.from_numpy(worse).float()).detach().double().numpy()
    assert float(loss) == pytest.approx(((x - mended) ** 2).mean(), rel=1e-5)
    assert float(objective.parts["reconstruction"]) == float(loss)


@pytest.mark.parametrize(("noise", "level"), [("gaussian", 0.3), ("masking", 0.3)])
def test_it_mends_what_is_damaged(noise: Noise, level: float) -> None:
    planted = plant_defects(channels=1)
    detector = DenoisingAutoencoder(
        noise=noise,
        noise_level=level,
        hidden=(32,),
        n_code=8,
        max_epochs=30,
        batch_size=8,
        device="cpu",
        random_state=0,
    ).fit(planted.X_train)
    whole = torch.from_numpy(planted.X_train.transpose(0, 3, 1, 2).copy()).float() / 127.5 - 1.0
    worse = damaged(whole, noise, level, generator())
    with torch.no_grad():
        mended = detector.network_(worse)
    assert (mended - whole).square().mean() < 0.5 * (worse - whole).square().mean()


def test_scores_are_of_undamaged_images_and_so_the_same_each_time() -> None:
    X = plant_defects(n_train=20).X_train
    detector = DenoisingAutoencoder(hidden=(8,), n_code=2, max_epochs=1, device="cpu", random_state=0).fit(X)
    np.testing.assert_array_equal(detector.score_samples(X), detector.score_samples(X))


def test_all_mistakes_are_told_at_once() -> None:
    detector = DenoisingAutoencoder(hidden=(0,), n_code=0, noise="mask", noise_level=-1)  # type: ignore[arg-type]
    with pytest.raises(ParameterError) as caught:
        detector.fit(plant_defects(n_train=4).X_train)
    assert str(caught.value) == (
        "4 mistakes:\n"
        "  - hidden is (0,); it must be a tuple of whole numbers above 0\n"
        "  - n_code is 0; it must be a whole number of at least 1\n"
        "  - noise is 'mask'; it must be 'gaussian' or 'masking'; did you mean 'masking'?\n"
        "  - noise_level is -1; it must be a number of at least 0"
    )
    with pytest.raises(ParameterError, match=r"noise_level is 1\.5; it must be a share in \(0, 1\]"):
        DenoisingAutoencoder(noise="masking", noise_level=1.5).fit(plant_defects(n_train=4).X_train)
