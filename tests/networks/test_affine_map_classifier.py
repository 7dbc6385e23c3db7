"""The folded forward pass against views that are really built, and gradients through it."""

from __future__ import annotations

import pytest
import torch

from dross.networks import AffineMapClassifier


def network(n_features: int = 5, n_maps: int = 6, map_dim: int = 7, width: int = 3) -> AffineMapClassifier:
    torch.manual_seed(0)
    return AffineMapClassifier(n_features, n_maps, map_dim, width).double()


def test_embeds_what_the_trunk_makes_of_each_view() -> None:
    net, rows = network(), torch.randn(4, 5, dtype=torch.float64)
    embedding = net(rows)
    assert embedding.shape == (4, 6, 3)
    for i, row in enumerate(rows):
        for m in range(6):
            view = row @ net.maps[m] + net.shifts[m]
            torch.testing.assert_close(embedding[i, m], net.trunk(view))


def test_gradients_are_those_of_views_that_are_built() -> None:
    net, rows = network(), torch.randn(4, 5, dtype=torch.float64)
    weights = torch.randn(4, 6, 3, dtype=torch.float64)
    (net(rows) * weights).sum().backward()
    folded = net.trunk.weight.grad
    assert folded is not None
    net.zero_grad()
    views = torch.einsum("nd,mdk->nmk", rows, net.maps) + net.shifts
    (net.trunk(views) * weights).sum().backward()
    torch.testing.assert_close(folded, net.trunk.weight.grad)


def test_logits_come_from_a_leaky_relu_and_a_linear_layer() -> None:
    net, rows = network(), torch.randn(4, 5, dtype=torch.float64)
    embedding = net(rows)
    linear = net.head[1]
    assert isinstance(linear, torch.nn.Linear)
    active = torch.where(embedding > 0, embedding, 0.2 * embedding)
    torch.testing.assert_close(net.logits(embedding), active @ linear.weight.T + linear.bias)


def test_maps_and_shifts_are_standard_normal_and_are_not_trained() -> None:
    torch.manual_seed(0)
    net = AffineMapClassifier(10, n_maps=64)
    for drawn in (net.maps, net.shifts):
        assert abs(float(drawn.mean())) < 0.1
        assert float(drawn.std()) == pytest.approx(1.0, abs=0.1)
    trained = {name for name, _ in net.named_parameters()}
    assert trained == {"trunk.weight", "head.1.weight", "head.1.bias"}
    assert {"maps", "shifts"} <= set(net.state_dict())


def test_its_hyperparameters_build_it_again() -> None:
    net = network()
    again = AffineMapClassifier(**net.hyperparameters).double()
    again.load_state_dict(net.state_dict())
    rows = torch.randn(4, 5, dtype=torch.float64)
    assert torch.equal(again(rows), net(rows))
