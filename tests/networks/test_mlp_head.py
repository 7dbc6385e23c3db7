"""The projection head layer by layer, against the recipe it is taken from."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional

from dross.errors import ParameterError
from dross.networks import MLPHead


def test_it_is_the_recipe_layer_by_layer() -> None:
    head = MLPHead(6, width=5, depth=3, n_out=4)
    features = torch.randn(7, 6)
    linear = [module for module in head.modules() if isinstance(module, nn.Linear)]
    assert [(layer.in_features, layer.out_features, layer.bias is not None) for layer in linear] == [
        (6, 5, False),
        (5, 5, False),
        (5, 5, False),
        (5, 4, True),
    ]
    expected = features
    for layer in linear[:2]:
        expected = expected @ layer.weight.T
        mean, variance = expected.mean(0), expected.var(0, unbiased=False)
        expected = functional.relu((expected - mean) / (variance + 1e-5).sqrt())
    expected = expected @ linear[2].weight.T @ linear[3].weight.T + linear[3].bias
    torch.testing.assert_close(head(features), expected)
    assert head.n_features == 4


def test_by_default_it_is_the_published_one() -> None:
    linear = [module for module in MLPHead(512).modules() if isinstance(module, nn.Linear)]
    assert [tuple(layer.weight.shape) for layer in linear] == [(512, 512)] * 8
    assert sum(isinstance(module, nn.BatchNorm1d) for module in MLPHead(512).modules()) == 7


@pytest.mark.parametrize(("depth", "n_out", "shape"), [(1, None, (3, 5)), (1, 2, (3, 2)), (2, None, (3, 5))])
def test_shallow_ones(depth: int, n_out: int | None, shape: tuple[int, int]) -> None:
    head = MLPHead(4, width=5, depth=depth, n_out=n_out)
    assert head(torch.randn(3, 4)).shape == shape
    assert head.n_features == shape[1]


def test_its_hyperparameters_build_it_again() -> None:
    head = MLPHead(4, width=5, depth=2, n_out=3).eval()
    again = MLPHead(**head.hyperparameters).eval()
    again.load_state_dict(head.state_dict())
    assert torch.equal(again(torch.ones(2, 4)), head(torch.ones(2, 4)))


def test_wrong_parameters_are_told_together() -> None:
    with pytest.raises(ParameterError) as caught:
        MLPHead(4, depth=0, n_out=0)
    assert str(caught.value) == (
        "2 mistakes:\n"
        "  - depth is 0; it must be a whole number of at least 1\n"
        "  - n_out is 0; it must be a whole number of at least 1"
    )
