"""The learning rate against its formula, and against the steps that the loop takes."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from dross.errors import ParameterError
from dross.training import TrainingLoop
from dross.training.schedule import LearningRate


def test_a_cosine_after_a_linear_warm_up() -> None:
    rate = LearningRate(0.3, "cosine", warmup_epochs=4, max_epochs=24)
    for epoch in (0.0, 0.5, 3.999):
        assert rate.at(epoch) == pytest.approx(0.3 * epoch / 4)
    for epoch in (4.0, 9.0, 14.0, 23.5, 24.0):
        assert rate.at(epoch) == pytest.approx(0.15 * (1 + math.cos(math.pi * (epoch - 4) / 20)))
    assert rate.at(100) == pytest.approx(0, abs=1e-12)


def test_the_cosine_is_torchs() -> None:
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(()))], lr=0.1)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=7)
    for epoch in range(8):
        assert LearningRate(0.1, "cosine", max_epochs=7).at(epoch) == pytest.approx(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()


def test_a_constant_one_may_warm_up_too() -> None:
    rate = LearningRate(0.3, warmup_epochs=2)
    assert [rate.at(epoch) for epoch in (0, 1, 2, 1000)] == [0, 0.15, 0.3, 0.3]


class Slope(nn.Module):
    """Has the gradient 1 everywhere, so that each step is as long as the learning rate."""

    def __init__(self) -> None:
        super().__init__()
        self.place = nn.Parameter(torch.zeros(()))
        self.places: list[float] = []

    def forward(self, batch: Tensor, generator: torch.Generator) -> Tensor:
        self.places.append(float(self.place.detach()))
        return self.place * batch.mean()


def test_the_loop_steps_by_the_rate_in_the_middle_of_each_step() -> None:
    slope = Slope()
    loop = TrainingLoop(
        slope,
        learning_rate=0.1,
        batch_size=8,
        seed=0,
        optimizer="sgd",
        momentum=0.0,
        schedule="cosine",
        warmup_epochs=1,
        max_epochs=3,
        device="cpu",
    )
    loop.train_to(torch.ones(20, 1), 1.5)
    loop.train_to(torch.ones(20, 1), 3)
    rate = LearningRate(0.1, "cosine", 1, 3)
    # Three steps a pass, of 8, 8 and 4 samples; half a pass is rounded up to two steps,
    # the last of which ends after the cosine.
    middles = [0.2, 0.6, 0.9, 1.2, 1.6, 1.7, 2.1, 2.4, 2.7, 3.1]
    expected = [0.0]
    for middle in middles:
        expected.append(expected[-1] - rate.at(middle))
    assert [*slope.places, float(slope.place.detach())][: len(expected)] == pytest.approx(expected, abs=1e-6)


def test_wrong_parameters_are_told_together() -> None:
    with pytest.raises(ParameterError) as caught:
        TrainingLoop(
            Slope(),
            learning_rate=0.0,
            batch_size=0,
            seed=0,
            optimizer="sdg",  # type: ignore[arg-type]
            schedule="cosine",
            warmup_epochs=5,
            max_epochs=5,
            clip_norm=-1.0,
            precision="bf16",  # type: ignore[arg-type]
        )
    assert str(caught.value) == (
        "6 mistakes:\n"
        "  - batch_size is 0; it must be a whole number of at least 1\n"
        "  - learning_rate is 0.0; it must be a positive number\n"
        "  - optimizer is 'sdg'; it must be 'adam' or 'sgd'; did you mean 'sgd'?\n"
        "  - precision is 'bf16'; it must be 'auto', '32-true', 'bf16-mixed' or '16-mixed'\n"
        "  - clip_norm is -1.0; it must be a positive number\n"
        "  - max_epochs is 5; with schedule='cosine' it must be more than warmup_epochs, which is 5"
    )
