"""The residual autoencoder: its encoder is the ResNet, places and all; on rows, blocks with shortcuts."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from dross.errors import ParameterError
from dross.networks import ResNet, ResNetAutoencoder
from dross.networks.resnet_autoencoder import ResidualBlock
from dross.reconstruction import ResidualAutoencoder
from dross.training import seeded
from tests.planted_pictures import picture_auroc, plant_defects


@pytest.mark.parametrize("shape", [(28, 28, 1), (64, 64, 3), (17, 30, 1), (9,), (2,)])
def test_codes_are_narrow_and_reconstructions_have_the_shape_of_the_samples(shape: tuple[int, ...]) -> None:
    network = ResNetAutoencoder(shape, width=2, widths=(4, 8), hidden=6, n_code=5)
    samples = torch.zeros(3, shape[2], shape[0], shape[1]) if len(shape) == 3 else torch.zeros(3, *shape)
    assert network.encode(samples).shape == (3, 5)
    assert network(samples).shape == samples.shape


def test_the_code_is_made_of_the_maps_and_so_knows_where_things_are() -> None:
    with seeded(0):
        network = ResNetAutoencoder((32, 32, 1), width=4, n_code=5).eval()
    trunk = network.trunk
    assert isinstance(trunk, ResNet)
    images = torch.rand(2, 1, 32, 32, generator=torch.Generator().manual_seed(0))
    maps = trunk.last_maps(images)
    assert maps.shape == (2, 32, 2, 2)
    torch.testing.assert_close(maps.mean((2, 3)), trunk(images))  # averaged, it is what classifiers are given
    torch.testing.assert_close(network.encode(images), network.code(maps.flatten(1)))


def test_a_block_whose_last_layer_is_zero_passes_on_what_it_gets() -> None:
    block = ResidualBlock(4)
    nn.init.zeros_(block.last.weight)
    nn.init.zeros_(block.last.bias)
    rows = torch.rand(6, 4)
    torch.testing.assert_close(block(rows), rows)


def test_labelled_anomalies_are_learned_from() -> None:
    planted = plant_defects(contamination=0.2)
    detector = ResidualAutoencoder(
        width=4, widths=(4, 8), n_code=2, max_epochs=10, batch_size=8, learning_rate=0.005, device="cpu", random_state=0
    )
    detector.fit(planted.X_train, labels=planted.labels_train)
    assert {"reconstruction", "anomalies"} <= set(detector.history_[-1])
    assert picture_auroc(detector, planted) > 0.9


def test_rows_come_back_in_their_own_units() -> None:
    X = np.random.default_rng(0).normal(size=(300, 1)) * [100.0, 0.01, -5.0, 1.0] + [1e4, 0.0, 3.0, 0.0]
    detector = ResidualAutoencoder(hidden=16, max_epochs=20, learning_rate=0.005, device="cpu", random_state=0).fit(X)
    assert detector.encode(X).shape == (300, 2)
    assert np.corrcoef(detector.reconstruct(X)[:, 0], X[:, 0])[0, 1] > 0.95


@pytest.mark.parametrize(("n_rows", "batch_size"), [(33, 16), (33, 32), (3, 2), (2, 64), (5, 1)])
def test_no_row_is_left_alone_in_a_batch_which_could_not_be_normalised(n_rows: int, batch_size: int) -> None:
    X = np.random.default_rng(0).normal(size=(n_rows, 4))
    detector = ResidualAutoencoder(hidden=4, max_epochs=1, batch_size=batch_size, device="cpu", random_state=0).fit(X)
    assert np.isfinite(detector.score_samples(X)).all()


def test_all_mistakes_are_told_at_once() -> None:
    wrong = {"width": 0, "blocks": (1, 1), "widths": (4, 0), "hidden": 0, "n_code": 0, "anomaly_weight": 0}
    with pytest.raises(ParameterError) as caught:
        ResidualAutoencoder(**wrong).fit(plant_defects(n_train=4).X_train)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "6 mistakes:\n"
        "  - width is 0; it must be a whole number of at least 1\n"
        "  - blocks is (1, 1); it must be four whole numbers of at least 1\n"
        "  - widths is (4, 0); it must be a tuple of 1 or more whole numbers above 0\n"
        "  - hidden is 0; it must be a whole number of at least 1\n"
        "  - n_code is 0; it must be a whole number of at least 1\n"
        "  - anomaly_weight is 0; it must be a positive number"
    )
