"""The layers that are told of a network are those that a sample passes."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from dross.networks import ConvAutoencoder, DenseAutoencoder, ResNet
from dross.networks.architecture import architecture, architecture_table


@pytest.mark.parametrize(
    ("network", "shape"),
    [
        (ConvAutoencoder((64, 64, 3)), (64, 64, 3)),
        (ConvAutoencoder((28, 20, 1), (4, 8), 3, True), (28, 20, 1)),
        (ConvAutoencoder((21,), (4, 8), 3), (21,)),
        (DenseAutoencoder((64, 64, 3)), (64, 64, 3)),
        (ResNet(1, 4), (16, 16, 1)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)
def test_weights_add_up_and_the_network_is_left_as_it_was(network: nn.Module, shape: tuple[int, ...]) -> None:
    network.train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    layers = architecture(network, shape)
    assert sum(layer.parameters for layer in layers) == sum(weights.numel() for weights in network.parameters())
    assert network.training
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert not any(module._forward_hooks for module in network.modules())
    assert f"{sum(layer.parameters for layer in layers):,}" in architecture_table(layers, shape).splitlines()[-1]


def test_shapes_are_those_of_the_samples_network() -> None:
    """The convolutional network of the course: 64 x 64 RGB down to 48 x 8 x 8 and back, 47,355 weights."""
    layers = architecture(ConvAutoencoder((64, 64, 3)), (64, 64, 3))
    shapes = [layer.output for layer in layers if layer.kind.startswith("Conv")]
    assert shapes == [(12, 32, 32), (24, 16, 16), (48, 8, 8), (24, 16, 16), (12, 32, 32), (3, 64, 64)]
    assert sum(layer.parameters for layer in layers) == 47_355


@pytest.mark.parametrize("shape", [(13,), (21, 1, 1), (9, 30, 3), (28, 28, 1), (65, 64, 3)])
def test_odd_sides_come_back_whole(shape: tuple[int, ...]) -> None:
    sample = torch.zeros((2, shape[2], *shape[:2]) if len(shape) == 3 else (2, *shape))
    for network in (ConvAutoencoder(shape, (4, 8)), ConvAutoencoder(shape, (4, 8), 5, True), DenseAutoencoder(shape)):
        assert network(sample).shape == sample.shape
