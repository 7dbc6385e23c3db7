"""GOAD's loss against its formulas written as loops, values and gradients."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from dross.networks import AffineMapClassifier
from dross.representations import transformation_loss
from dross.representations.transformation_loss import TransformationLoss, triplet_centre_loss


def embeddings(n: int = 7, n_maps: int = 5, width: int = 3, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, n_maps, width, dtype=torch.float64, generator=generator).requires_grad_()


def naive_triplet(embedding: Tensor, margin: float) -> Tensor:
    """Return the triplet-centre loss by the broadcast formula."""
    centres = embedding.mean(0)
    distances = (embedding[:, :, None, :] - centres[None, None]).square().sum(-1)
    terms = []
    for i in range(embedding.shape[0]):
        for m in range(embedding.shape[1]):
            others = [distances[i, m, k] for k in range(embedding.shape[1]) if k != m]
            terms.append(torch.clamp(distances[i, m, m] + margin - torch.stack(others).min(), min=0))
    return torch.stack(terms).mean()


def naive_naming(logits: Tensor) -> Tensor:
    """Return the mean cross-entropy of (n, M, M) logits, view by view."""
    n, n_maps, _ = logits.shape
    terms = []
    for i in range(n):
        for m in range(n_maps):
            terms.append(torch.logsumexp(logits[i, m], 0) - logits[i, m, m])
    return torch.stack(terms).mean()


@pytest.mark.parametrize("margin", [0.0, 1.0, 5.0])
def test_triplet_centre_loss_is_the_broadcast_formula(margin: float) -> None:
    embedding = embeddings()
    ours = triplet_centre_loss(embedding, margin)
    naive = naive_triplet(embedding, margin)
    torch.testing.assert_close(ours, naive)
    (gradient,) = torch.autograd.grad(ours, embedding)
    (expected,) = torch.autograd.grad(naive, embedding)
    torch.testing.assert_close(gradient, expected)


def test_triplet_centre_loss_by_hand() -> None:
    # Two maps in one dimension, two rows each: centres 0 and 3. Distances to the own centre 1, 1, 1, 1; to the other
    # one 16, 4, 4, 16: only the two inner views fall short of a margin of 4, by 1 each.
    embedding = torch.tensor([[[-1.0], [2.0]], [[1.0], [4.0]]])
    assert float(triplet_centre_loss(embedding, 4.0)) == pytest.approx(0.5)
    assert float(triplet_centre_loss(embedding, 3.0)) == 0.0


def test_triplet_centre_loss_does_not_depend_on_where_the_embedding_lies() -> None:
    embedding = embeddings()
    torch.testing.assert_close(triplet_centre_loss(embedding + 100.0, 1.0), triplet_centre_loss(embedding, 1.0))


@pytest.mark.parametrize("chunk_values", [1, 60, 1 << 17])
@pytest.mark.parametrize("triplet_weight", [0.0, 0.1, 2.0])
def test_the_loss_of_a_batch_and_its_gradients(
    monkeypatch: pytest.MonkeyPatch, chunk_values: int, triplet_weight: float
) -> None:
    monkeypatch.setattr(transformation_loss, "CHUNK_VALUES", chunk_values)
    torch.manual_seed(0)
    network = AffineMapClassifier(4, n_maps=5, map_dim=6, width=3).double()
    rows = torch.randn(9, 4, dtype=torch.float64)

    loss = TransformationLoss(network, 1.0, triplet_weight)(rows)
    gradients = torch.autograd.grad(loss, list(network.parameters()))

    embedding = network(rows)
    naive = naive_naming(network.logits(embedding)) + triplet_weight * naive_triplet(embedding, 1.0)
    expected = torch.autograd.grad(naive, list(network.parameters()))
    torch.testing.assert_close(loss, naive)
    torch.testing.assert_close(gradients, expected)


def test_the_gradient_is_scaled_by_what_follows() -> None:
    torch.manual_seed(0)
    network = AffineMapClassifier(4, n_maps=5, map_dim=6, width=3).double()
    loss = TransformationLoss(network, 1.0, 0.1)(torch.randn(9, 4, dtype=torch.float64))
    once = torch.autograd.grad(loss, list(network.parameters()), retain_graph=True)
    thrice = torch.autograd.grad(3 * loss, list(network.parameters()))
    torch.testing.assert_close(thrice, tuple(3 * gradient for gradient in once))


def test_a_classifier_that_knows_nothing_loses_the_logarithm_of_the_number_of_maps() -> None:
    network = AffineMapClassifier(4, n_maps=8)
    for parameter in network.head.parameters():
        torch.nn.init.zeros_(parameter)
    loss = TransformationLoss(network, 1.0, 0.0)(torch.randn(5, 4)).detach()
    assert float(loss) == pytest.approx(math.log(8), rel=1e-5)
