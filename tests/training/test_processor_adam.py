"""Adam on the processor: the same bits as PyTorch's, and no question to a GPU."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import torch

from dross.training import TrainingLoop
from dross.training.processor_adam import ProcessorAdam


def step(network: Any, optimizer: torch.optim.Optimizer, samples: torch.Tensor) -> None:
    """Take one step down the mean square of what a network says."""
    optimizer.zero_grad()
    network(samples).square().mean().backward()
    optimizer.step()


@pytest.mark.parametrize("fused", [False, True])
def test_steps_are_those_of_pytorch_bit_for_bit(fused: bool) -> None:
    torch.manual_seed(0)
    ours = torch.nn.Sequential(torch.nn.Linear(5, 7), torch.nn.ReLU(), torch.nn.Linear(7, 1))
    theirs, before = deepcopy(ours), deepcopy(ours)
    one = ProcessorAdam(ours.parameters(), lr=1e-2, fused=fused)
    other = torch.optim.Adam(theirs.parameters(), lr=1e-2, fused=fused)
    for _ in range(20):
        samples = torch.randn(8, 5)
        step(ours, one, samples)
        step(theirs, other, samples)
    assert all(torch.equal(a, b) for a, b in zip(ours.parameters(), theirs.parameters(), strict=True))
    assert not any(torch.equal(a, b) for a, b in zip(ours.parameters(), before.parameters(), strict=True))


class Squares(torch.nn.Module):
    """An objective: the mean square of a linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(3, 1)

    def forward(self, batch: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        return self.layer(batch).square().mean()


def test_the_training_loop_does_not_look_for_a_gpu_at_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    for name in ("_accelerator_graph_capture_health_check", "_cuda_graph_capture_health_check"):
        if hasattr(torch.optim.Optimizer, name):
            monkeypatch.setattr(torch.optim.Optimizer, name, lambda self, name=name: asked.append(name))
    weight = torch.nn.Parameter(torch.ones(1))
    step(lambda samples: weight * samples, torch.optim.Adam([weight]), torch.ones(1))
    assert asked  # what is not to be asked is what PyTorch's own does ask
    asked.clear()
    TrainingLoop(Squares(), learning_rate=0.1, batch_size=4, seed=0, device="cpu").train_to(torch.rand(12, 3), 2.0)
    assert not asked
