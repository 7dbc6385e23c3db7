"""Deep SVDD: both losses against NumPy, the guards of its paper, and that a collapse is found."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from dross.errors import CollapseWarning, ParameterError
from dross.networks import HypersphereEncoder
from dross.reconstruction import DeepSVDD
from dross.reconstruction.deep_svdd_loss import DeepSVDDLoss, centre_of
from dross.training import seeded
from tests.planted_pictures import Pictures, picture_auroc, plant_defects

SMALL: dict[str, Any] = {
    "widths": (4, 8),
    "n_code": 8,
    "batch_size": 8,
    "max_epochs": 20.0,
    "learning_rate": 0.002,
    "device": "cpu",
    "random_state": 0,
}


@cache
def pictures() -> Pictures:
    return plant_defects()


@cache
def fitted() -> Any:
    return DeepSVDD(**SMALL).fit(pictures().X_train)


def batch() -> torch.Tensor:
    return torch.randint(0, 256, (10, 1, 8, 8), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)


def network() -> HypersphereEncoder:
    with seeded(0):
        made = HypersphereEncoder((8, 8, 1), widths=(4,), n_code=3)
    made.centre = torch.tensor([0.1, -0.5, 0.2])
    return made


def distances_by_hand(made: HypersphereEncoder) -> Any:
    with torch.no_grad():
        codes = made(batch().float() / 127.5 - 1.0).double().numpy()
    return ((codes - np.array([0.1, -0.5, 0.2])) ** 2).sum(axis=1)


def test_the_loss_of_one_class_is_the_mean_squared_distance_and_the_weights_norm() -> None:
    made = network()
    loss = DeepSVDDLoss(made, weight_decay=0.02)(batch(), torch.Generator()).detach()
    norm = sum(float((weights.detach().double() ** 2).sum()) for weights in made.parameters())
    assert float(loss) == pytest.approx(distances_by_hand(made).mean() + 0.5 * 0.02 * norm, rel=1e-5)


def test_the_loss_of_the_soft_boundary_is_the_papers() -> None:
    made = network()
    objective = DeepSVDDLoss(made, nu=0.2)
    distances = distances_by_hand(made)
    made.squared_radius = torch.tensor(float(np.quantile(distances, 0.8)))  # where it stays
    loss = objective(batch(), torch.Generator()).detach()
    squared_radius = np.quantile(distances, 0.8)
    expected = squared_radius + np.maximum(0, distances - squared_radius).mean() / 0.2
    assert float(loss) == pytest.approx(expected, rel=1e-4)


def test_that_quantile_is_the_radius_at_which_the_loss_is_least() -> None:
    distances = distances_by_hand(network())

    def loss(squared_radius: float) -> float:
        return float(squared_radius + np.maximum(0, distances - squared_radius).mean() / 0.2)

    best = min(np.linspace(0, distances.max(), 2000), key=loss)
    low, high = np.quantile(distances, [0.75, 0.9])
    assert low <= best <= high


def test_the_centre_keeps_away_from_zero_on_its_side() -> None:
    codes = torch.tensor([[0.05, -0.02, 3.0, 0.0], [0.01, -0.04, 1.0, 0.0]])
    np.testing.assert_allclose(centre_of(codes), [0.1, -0.1, 2.0, 0.1])


def test_there_is_no_bias_to_collapse_by_and_no_bounded_activation() -> None:
    made = network()
    assert [name for name, _ in made.named_parameters() if name.endswith("bias")] == []
    assert all(weights.ndim > 1 for weights in made.parameters())  # nor a shift of a normalisation
    bounded = (nn.Sigmoid, nn.Tanh, nn.ReLU6, nn.Hardtanh)
    assert not any(isinstance(module, bounded) for module in made.modules())


def test_the_centre_is_where_random_weights_map_the_training_images_and_stays_there() -> None:
    untrained = DeepSVDD(**{**SMALL, "max_epochs": 0}).fit(pictures().X_train)
    x = torch.from_numpy(pictures().X_train.transpose(0, 3, 1, 2).copy()).float() / 127.5 - 1.0
    with torch.no_grad():
        expected = centre_of(untrained.network_(x))
    torch.testing.assert_close(untrained.network_.centre, expected)
    torch.testing.assert_close(fitted().network_.centre, expected)


def test_training_gathers_normal_images_and_leaves_what_has_a_piece_missing_outside() -> None:
    detector = fitted()
    assert detector.history_[-1]["distance"] < 0.2 * detector.history_[0]["distance"]
    assert picture_auroc(detector, pictures()) > 0.9
    assert detector.findings_ == []


def test_a_soft_boundary_leaves_about_that_share_outside() -> None:
    detector = DeepSVDD(**SMALL, objective="soft-boundary", nu=0.25).fit(pictures().X_train)
    outside = detector.score_samples(pictures().X_train) < 0
    assert 0.1 < outside.mean() < 0.5
    assert picture_auroc(detector, pictures()) > 0.85


def test_it_may_be_an_encoder_first() -> None:
    detector = DeepSVDD(**{**SMALL, "max_epochs": 5.0}, pretraining_epochs=3).fit(pictures().X_train)
    assert [record["epoch"] for record in detector.history_] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert ["reconstruction" in record for record in detector.history_] == [True] * 3 + [False] * 5


def test_a_collapse_is_found_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    # The guards are good: neither a large weight decay nor a large learning rate collapses it. So it is made to.
    def collapsed(self: HypersphereEncoder, images: torch.Tensor) -> torch.Tensor:
        return self.centre + 0.0 * self.code(self.layers(images).flatten(1))

    monkeypatch.setattr(HypersphereEncoder, "forward", collapsed)
    with pytest.warns(CollapseWarning) as warned:
        detector = DeepSVDD(**{**SMALL, "max_epochs": 2.0}).fit(pictures().X_train)
    told = (
        "the sphere has collapsed: all training images have the same code, which says nothing of them; lower "
        "max_epochs (2), learning_rate (0.002) or weight_decay (1e-06)"
    )
    assert detector.findings_ == [told]
    assert [str(warning.message) for warning in warned] == [f"DeepSVDD: {told}"]


def test_all_mistakes_are_told_at_once() -> None:
    wrong = {"objective": "soft", "nu": 0, "widths": (), "n_code": 0, "weight_decay": -1, "pretraining_epochs": -1}
    with pytest.raises(ParameterError) as caught:
        DeepSVDD(**wrong).fit(pictures().X_train)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "6 mistakes:\n"
        "  - objective is 'soft'; it must be 'one-class' or 'soft-boundary'\n"
        "  - nu is 0; it must be a share in (0, 1]\n"
        "  - widths is (); it must be a tuple of 1 or more whole numbers above 0\n"
        "  - n_code is 0; it must be a whole number of at least 1\n"
        "  - weight_decay is -1; it must be a number of at least 0\n"
        "  - pretraining_epochs is -1; it must be a number of at least 0"
    )
