"""The loss of GOAD against its formulas written out: value, gradient, and independence of how it is cut into chunks."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from dross.networks import AffineMapClassifier
from dross.representations import transformation_loss
from dross.representations.transformation_loss import TransformationLoss, naming_loss, triplet_centre_loss


def plain_triplet(embedding: Tensor, margin: float) -> Tensor:
    """Equation 7 of the paper, by broadcasting."""
    centres = embedding.mean(0)
    distances = ((embedding[:, :, None, :] - centres) ** 2).sum(-1)
    n_maps = len(centres)
    own = distances.diagonal(dim1=1, dim2=2)
    nearest = torch.stack([distances[:, m, [k for k in range(n_maps) if k != m]].amin(-1) for m in range(n_maps)], 1)
    return torch.clamp(own + margin - nearest, min=0).mean()


def plain_naming(activations: Tensor, classifier: nn.Linear) -> Tensor:
    logits = classifier(activations)
    which = torch.arange(logits.shape[1]).repeat(len(logits))
    return functional.cross_entropy(logits.flatten(0, 1), which)


@pytest.fixture
def views() -> Tensor:
    return torch.randn(9, 7, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64, requires_grad=True)


@pytest.fixture
def classifier() -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(4, 7, dtype=torch.float64)


@pytest.mark.parametrize("chunk_values", [1, 3 * 49, 1 << 20], ids=["a row", "three rows", "all rows"])
def test_naming_is_cross_entropy_with_its_gradients(
    views: Tensor, classifier: nn.Linear, chunk_values: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transformation_loss, "CHUNK_VALUES", chunk_values)
    inputs = [views, *classifier.parameters()]
    ours, plain = naming_loss(views, classifier), plain_naming(views, classifier)
    torch.testing.assert_close(ours, plain, rtol=1e-12, atol=0)
    for found, expected in zip(
        torch.autograd.grad(3 * ours, inputs), torch.autograd.grad(3 * plain, inputs), strict=True
    ):
        torch.testing.assert_close(found, expected, rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("chunk_values", [1, 1 << 20], ids=["a row", "all rows"])
@pytest.mark.parametrize("margin", [0.0, 1.0, 30.0])
def test_triplet_centre_is_the_papers_with_its_gradient(
    views: Tensor, margin: float, chunk_values: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transformation_loss, "CHUNK_VALUES", chunk_values)
    ours, plain = triplet_centre_loss(views, margin), plain_triplet(views, margin)
    torch.testing.assert_close(ours, plain, rtol=1e-12, atol=0)
    (found,), (expected,) = torch.autograd.grad(ours, views), torch.autograd.grad(plain, views)
    torch.testing.assert_close(found, expected, rtol=1e-10, atol=1e-15)


def test_the_loss_is_naming_plus_the_weighted_triplet() -> None:
    torch.manual_seed(0)
    network = AffineMapClassifier(n_features=5, n_maps=6, map_dim=3, width=4)
    x = torch.randn(8, 5)
    embedding = network(x)
    activations = functional.leaky_relu(embedding, 0.2)
    logits = network.logits(embedding)
    which = torch.arange(6).repeat(8)
    expected = functional.cross_entropy(logits.flatten(0, 1), which) + 0.25 * plain_triplet(embedding, 1.0)
    torch.testing.assert_close(TransformationLoss(network, 1.0, 0.25)(x), expected)
    classifier = network.head[1]
    assert isinstance(classifier, nn.Linear)
    torch.testing.assert_close(plain_naming(activations, classifier), naming_loss(activations, classifier))


def test_views_far_apart_leave_nothing_to_learn() -> None:
    centres = 100.0 * torch.eye(4)
    embedding = centres.expand(5, 4, 4).clone().requires_grad_()
    loss = triplet_centre_loss(embedding, margin=1.0)
    (gradient,) = torch.autograd.grad(loss, embedding)
    assert loss.item() == 0
    assert not gradient.any()


def test_logits_that_overflow_an_exponential_give_a_finite_loss_and_gradient() -> None:
    activations = torch.tensor([[[1e4], [-1e4]]], requires_grad=True)
    classifier = nn.Linear(1, 2)
    with torch.no_grad():
        classifier.weight.copy_(torch.tensor([[-1.0], [1.0]]))
        classifier.bias.zero_()
    loss = naming_loss(activations, classifier)
    (gradient,) = torch.autograd.grad(loss, activations)
    assert loss.item() == 2e4
    assert torch.isfinite(gradient).all()
